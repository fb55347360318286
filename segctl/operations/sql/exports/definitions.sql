-- The run that the export is of, and the definitions that it evaluated.
select
    runs.run_id,
    definitions.segment,
    definitions.definition_hash
from {{ ref('segment_runs') }} as runs
left join {{ ref('segment_definitions') }} as definitions
    on
        definitions.segment in (<< segments >>)
        and runs.as_of >= definitions.valid_from
        and (definitions.valid_to is null or runs.as_of < definitions.valid_to)
where runs.as_of = << run >>
