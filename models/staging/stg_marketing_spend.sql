with spend as (
    select * from {{ ref('raw_marketing_spend') }}
)

select
    spend_id,
    spent_on,
    channel,
    cast(amount as numeric(12, 2)) as amount
from spend
