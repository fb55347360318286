select
    segment,
    definition_hash,
    valid_from
from {{ ref('segment_definitions') }}
where segment in (<< segments >>)
order by segment, valid_from
