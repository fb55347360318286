-- Definitions in effect as of the instant, with their sizes then.
with counted as (
    << counts >>
),

recent as (
    << recent >>
)

select
    definitions.segment,
    definitions.label,
    definitions.owner,
    definitions.tags,
    definitions.entity,
    definitions.enabled,
    coalesce(counted.size, 0) as size,
    sizes.held_by,
    sizes.joined_count,
    sizes.left_count,
    sizes.member_revenue,
    << recent_columns >>
from {{ ref('segment_definitions') }} as definitions
left join counted on definitions.segment = counted.segment
left join {{ ref('segment_sizes') }} as sizes
    on definitions.segment = sizes.segment and sizes.as_of = << run >>
left join recent on definitions.segment = recent.segment
where
    definitions.valid_from <= << instant >>
    and (definitions.valid_to is null or definitions.valid_to > << instant >>)
order by definitions.segment
