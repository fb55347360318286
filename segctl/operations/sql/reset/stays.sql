select
    count(*) as stays,
    sum(case when join_cause != 'first_run' or left_at is not null then 1 else 0 end) as changes
from {{ ref('<< table >>') }}
