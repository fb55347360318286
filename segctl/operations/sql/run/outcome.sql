with sizes as (
    << sizes >>
),

causes as (
    << causes >>
),

begun as (
    << definitions >>
)

select
    sizes.*,
    runs.previous_as_of,
    causes.change,
    causes.cause,
    causes.moved,
    coalesce(begun.is_new, false) as is_new,
    coalesce(begun.is_edited, false) as is_edited
from sizes
inner join {{ ref('segment_runs') }} as runs on sizes.run_id = runs.run_id
left join causes on sizes.segment = causes.segment and sizes.held_by is null
left join begun
    on sizes.segment = begun.segment and sizes.as_of = begun.valid_from and begun.valid_to is null
order by
    sizes.segment asc,
    causes.change asc,
    causes.moved desc,
    causes.cause asc
