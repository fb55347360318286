with items as (
    select * from {{ ref('raw_order_items') }}
),

orders as (
    select * from {{ ref('stg_orders') }}
),

products as (
    select * from {{ ref('stg_products') }}
)

select
    items.order_item_id,
    items.order_id,
    orders.customer_id,
    items.product_id,
    products.product_name,
    products.category,
    items.quantity,
    cast(items.unit_price as numeric(12, 2)) as unit_price,
    cast(items.quantity * items.unit_price as numeric(12, 2)) as amount,
    orders.ordered_at,
    orders.status,
    orders.loaded_at
from items
inner join orders on items.order_id = orders.order_id
inner join products on items.product_id = products.product_id
