select
    segment,
    valid_from,
    definition_hash,
    enabled
from {{ ref('segment_definitions') }}
where valid_to is null
