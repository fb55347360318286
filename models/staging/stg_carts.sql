with carts as (
    select * from {{ ref('raw_carts') }}
)

select
    cart_id,
    customer_id,
    created_at,
    cast(amount as numeric(12, 2)) as amount,
    order_id,
    order_id is null as abandoned
from carts
