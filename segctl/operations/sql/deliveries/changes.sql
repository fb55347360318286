-- When a member leaves and rejoins in one run, the join comes last.
select
    segment,
    << key >>,
    cast(<< key >> as {{ dbt.type_string() }}) as member,
    change,
    cause,
    run_id,
    changed_at,
    {{ segctl.text_order('segment') }} as segment_order,
    {{ segctl.text_order('<< key >>') }} as member_order,
    case when change = 'left' then 0 else 1 end as place
from {{ ref('<< prefix >>segment_changes') }}
where << theirs >>
