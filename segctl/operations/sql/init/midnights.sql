select
    << place >> as place,
    count(*) as looked_at,
    sum(case when moment = {{ dbt.date_trunc('day', 'moment') }} then 0 else 1 end) as with_time
from (
    select << quoted >> as moment
    from << relation >>
    where << quoted >> is not null
    limit << most >>
) as moments_<< place >>
