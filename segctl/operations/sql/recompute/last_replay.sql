-- A replay recomputes the whole past without the people who had been erased by then.
select
    segment,
    max(corrected_at) as corrected_at
from {{ ref('segment_corrections') }}
where operation = 'replay'
group by segment
