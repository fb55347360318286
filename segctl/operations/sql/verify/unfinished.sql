select
    count(*) as written,
    max(changed_at) as as_of
from {{ ref('<< features >>') }}
where changed_at > << last >>
