-- The proposals of a run are what moved, except what guards held back. Stays would say the same and cost a scan.
-- First runs are left out: their proposals are all members, whose number the sizes say.
select
    segment,
    change,
    cause,
    count(*) as moved
from {{ ref('<< prefix >>segment_proposals') }}
where cause != '<< first >>'
group by segment, change, cause
