select
    id as user_id,
    {{ house_style.tidy('email') }} as email,
    plan as segment,
    is_trial,
    "createdAt",
    joined,
    updated_at
from {{ ref('accounts') }}
