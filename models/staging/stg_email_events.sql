with email_events as (
    select * from {{ ref('raw_email_events') }}
)

select
    event_id as email_event_id,
    customer_id,
    event_type,
    campaign,
    occurred_at
from email_events
