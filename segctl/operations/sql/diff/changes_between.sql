select
    segment,
    change,
    cause,
    count(*) as moved
from {{ ref('<< prefix >>segment_changes') }}
where changed_at > << start >> and changed_at <= << end >><< narrowed >>
group by segment, change, cause
