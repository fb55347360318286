-- How many of the erased were members, joined and left in each run: the stays lack them from now on.
insert into << erasures_table >> (segment, as_of, size, joined_count, left_count, erased_at)
select
    sizes.segment,
    sizes.as_of,
    -- The condition below keeps members after the run, and those who left in it.
    sum(case when stays.left_at = sizes.as_of then 0 else 1 end) as size,
    sum(case when stays.joined_at = sizes.as_of then 1 else 0 end) as joined_count,
    sum(case when stays.left_at = sizes.as_of then 1 else 0 end) as left_count,
    << now >> as erased_at
from << sizes_table >> as sizes
inner join << stays_table >> as stays on sizes.segment = stays.segment
where
    cast(stays.<< key >> as {{ dbt.type_string() }}) in (<< keys >>)
    and stays.joined_at <= sizes.as_of
    and (stays.left_at is null or stays.left_at >= sizes.as_of)
group by sizes.segment, sizes.as_of
