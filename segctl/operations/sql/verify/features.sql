-- Leaves out the rows of an unfinished run on both sides: they belong to no published run.
with unfinished as (
    select << key >>
    from {{ ref('<< features >>') }}
    where changed_at > << last >>
),

live as (
    select *
    from {{ ref('<< features >>') }}
    where deleted_at is null and changed_at <= << last >>
),

rebuilt as (
    select *
    from << companion >>
    where deleted_at is null and << key >> not in (select << key >> from unfinished)
)

select
    coalesce(sum(case when rebuilt.<< key >> is null then 1 else 0 end), 0) as only_live,
    coalesce(sum(case when live.<< key >> is null then 1 else 0 end), 0) as only_rebuilt,
    << columns >>
from live
full outer join rebuilt on live.<< key >> = rebuilt.<< key >>
