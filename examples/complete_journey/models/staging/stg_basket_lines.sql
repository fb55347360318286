-- A table: every run reads it, and the Parquet file lies outside the warehouse.
{{ config(materialized='table') }}

with transactions as (
    select *
    from {{ source('complete_journey', 'transactions') }}
),

products as (
    select *
    from {{ source('complete_journey', 'products') }}
)

select
    cast(transactions.basket_id as varchar) || '-' || cast(transactions.product_id as varchar) as line_id,
    transactions.basket_id,
    transactions.household_id,
    cast(transactions.store_id as varchar) as store_id,
    cast(transactions.product_id as varchar) as product_id,
    transactions.transaction_timestamp as bought_at,
    products.department,
    products.product_category,
    products.brand,
    transactions.quantity,
    cast(transactions.sales_value as numeric(18, 2)) as amount,
    cast(transactions.retail_disc as numeric(18, 2)) as retail_discount,
    cast(transactions.coupon_disc + transactions.coupon_match_disc as numeric(18, 2)) as coupon_discount
from transactions
left join products
    on transactions.product_id = products.product_id
