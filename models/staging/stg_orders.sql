with orders as (
    select * from {{ ref('raw_orders') }}
)

select
    order_id,
    customer_id,
    ordered_at,
    channel,
    cast(amount as numeric(12, 2)) as amount,
    cast(discount as numeric(12, 2)) as discount,
    refunded_at,
    loaded_at,
    -- A rule's `not_in` is false for a missing value; 'unknown' is a value.
    coalesce(status, 'unknown') as status
from orders
