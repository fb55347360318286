select
    segment,
    << key >>,
    cast(<< key >> as {{ dbt.type_string() }}) as member,
    'joined' as change,
    join_cause as cause,
    join_run_id as run_id,
    joined_at as changed_at,
    {{ segctl.text_order('segment') }} as segment_order,
    {{ segctl.text_order('<< key >>') }} as member_order,
    1 as place
from {{ ref('<< prefix >>segment_history') }}
where << theirs >>
