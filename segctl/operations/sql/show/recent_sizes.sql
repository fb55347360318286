with runs as (
    select
        as_of,
        row_number() over (order by as_of desc) as place
    from {{ ref('segment_runs') }}<< until >>
)

select
    sizes.segment,
    << columns >>
from {{ ref('segment_sizes') }} as sizes
inner join runs on sizes.as_of = runs.as_of
where runs.place <= << most >>
group by sizes.segment
