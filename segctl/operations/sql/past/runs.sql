select
    min(as_of) as first_as_of,
    max(as_of) as last_as_of,
    max(case when as_of <= << instant >> then as_of end) as as_of
from {{ ref('segment_runs') }}
