{{ config(materialized='table') }}

with lines as (
    select *
    from {{ ref('stg_basket_lines') }}
),

baskets as (
    select
        basket_id,
        household_id,
        store_id,
        min(bought_at) as bought_at,
        count(*) as line_count,
        cast(sum(amount) as numeric(18, 2)) as amount,
        cast(sum(retail_discount) as numeric(18, 2)) as retail_discount,
        cast(sum(coupon_discount) as numeric(18, 2)) as coupon_discount
    from lines
    group by
        basket_id,
        household_id,
        store_id
),

-- the shop's clock: the hour and the weekday that a shopper would name
localised as (
    select
        *,
        (bought_at at time zone 'UTC') at time zone 'America/New_York' as bought_at_local
    from baskets
)

select
    basket_id,
    household_id,
    store_id,
    bought_at,
    extract(hour from bought_at_local) as local_hour,
    extract(isodow from bought_at_local) as local_weekday,
    line_count,
    amount,
    retail_discount,
    coupon_discount,
    coupon_discount > 0 as used_coupon
from localised
