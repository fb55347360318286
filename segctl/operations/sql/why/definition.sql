select
    definition_hash,
    rule,
    git_commit
from {{ ref('segment_definitions') }}
where
    segment = << segment >>
    and valid_from <= << instant >>
    and (valid_to is null or valid_to > << instant >>)
