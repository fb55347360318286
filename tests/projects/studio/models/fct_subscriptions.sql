select
    sub_id as subscription_id,
    user_id,
    plan,
    monthly_price as price,
    discount,
    started_at,
    cancelled_at
from {{ ref('plans') }}
