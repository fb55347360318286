select
    user_id,
    count(*) as events,
    max(occurred_at) as last_seen_at
from {{ ref('stg_app__user_events') }}
group by user_id
