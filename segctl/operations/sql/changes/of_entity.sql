-- The members of each segment, change and cause, numbered from the latest, and how many there are.
select
    '<< entity >>' as entity,
    segment,
    change,
    cause,
    cast(<< key >> as {{ dbt.type_string() }}) as member,
    changed_at,
    row_number() over (partition by segment, change, cause order by changed_at desc, << key >> asc) as place,
    count(*) over (partition by segment, change, cause) as moved
from {{ ref('<< prefix >>segment_changes') }}
where << when >><< narrowed >>
