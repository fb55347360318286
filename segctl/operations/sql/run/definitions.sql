-- For each version of a definition: whether it is the first, and whether it changes the meaning of the one before.
select
    segment,
    valid_from,
    version = 1 as is_new,
    definition_hash != lag(definition_hash) over (partition by segment order by version) as is_edited,
    valid_to
from {{ ref('segment_definitions') }}
