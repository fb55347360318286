with visits as (
    select * from {{ ref('raw_site_visits') }}
)

select
    visit_id,
    customer_id,
    page,
    device,
    visited_at
from visits
