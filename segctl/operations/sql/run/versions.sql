-- All versions of all definitions, the latest last.
select
    segment,
    entity,
    definition_hash,
    valid_to
from {{ ref('segment_definitions') }}
order by segment, version
