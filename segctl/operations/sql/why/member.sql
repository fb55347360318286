with last_run as (
    select max(as_of) as as_of
    from {{ ref('segment_runs') }}
)

select
    features.<< key >> as member,
    features.deleted_at,
    features.<< moved_at >> as moved_at,
    features.eligible,
    last_run.as_of,
    definitions.definition_hash,
    sizes.held_by
from {{ ref('<< looked_at >>') }} as features
cross join last_run
left join {{ ref('segment_definitions') }} as definitions
    on definitions.segment = << segment >> and definitions.valid_to is null
left join {{ ref('segment_sizes') }} as sizes
    on sizes.segment = << segment >> and last_run.as_of = sizes.as_of
where cast(features.<< key >> as {{ dbt.type_string() }}) = << customer >>
