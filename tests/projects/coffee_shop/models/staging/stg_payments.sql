select
    id as payment_id,
    order_id,
    payment_method,
    cast(pence as decimal(18, 2)) / 100 as amount
from {{ ref('raw_payments') }}
