-- Members as of the instant, of the segments that had any.
with members as (
    << members >>
)

select
    segment,
    count(*) as size
from members
group by segment
