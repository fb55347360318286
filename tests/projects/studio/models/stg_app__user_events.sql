select
    event_id,
    user_id,
    event_type,
    cast(happened as timestamp with time zone) as occurred_at,
    "amount of clicks",
    [event_type] as tags,
    _loaded_at
from {{ ref('clicks') }}
