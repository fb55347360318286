select
    segment,
    since,
    corrected_at
from {{ ref('segment_corrections') }}
where stays_added + stays_removed + stays_changed > 0
