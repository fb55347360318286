with entries as (
    select * from {{ ref('raw_form_entries') }}
)

select
    entry_id,
    customer_id,
    form,
    machine,
    cups_a_day,
    submitted_at
from entries
