with changes as (
    << changes >>
)

select
    segment,
    change,
    cause,
    member,
    changed_at,
    moved
from changes
where place <= << most >>
order by
    segment asc,
    change asc,
    cause asc,
    changed_at desc,
    place asc
