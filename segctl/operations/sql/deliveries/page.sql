with
<< steps >>changes as (
    << rows >>
)

select
    changes.segment,
    changes.member,
    changes.change,
    changes.cause,
    changes.run_id,
    changes.changed_at,
    changes.place
<< listed >>
from changes<< joined >><< after >>
order by changes.segment_order, changes.member_order, changes.place
limit << most >>
