-- Examples of members who would have joined or left a segment that a guard held back.
with proposed as (
    select
        segment,
        change,
        cast(<< key >> as {{ dbt.type_string() }}) as member,
        row_number() over (partition by segment, change order by << key >>) as place
    from {{ ref('<< prefix >>segment_proposals') }}
    where segment in (<< segments >>)
)

select
    segment,
    change,
    member
from proposed
where place <= 3
order by segment, change, member
