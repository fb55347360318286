with chats as (
    select * from {{ ref('raw_support_chats') }}
)

select
    chat_id,
    customer_id,
    started_at,
    topic,
    satisfaction,
    loaded_at
from chats
