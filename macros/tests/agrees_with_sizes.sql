{#- A question: which segments of an entity have another number of open stays than the sizes of the run, less the
    members erased since? The occurrences are the difference. -#}
{% macro agrees_with_sizes(entity) -%}
{%- set table = segctl.entity_names(entity).prefix ~ 'segment_stays' -%}
with stays as (
    select
        segment,
        count(*) as open_stays
    from {{ ref(table) }}
    where left_at is null
    group by segment
),

erased as (
    select
        segment,
        as_of,
        sum(size) as size
    from {{ segctl.model_relation('erasures') }}
    group by segment, as_of
),

sizes as (
    select
        run_sizes.segment,
        run_sizes.size - coalesce(erased.size, 0) as size
    from {{ ref('run_sizes') }} as run_sizes
    inner join {{ ref('definition_versions') }} as versions on run_sizes.segment = versions.segment
    left join erased on run_sizes.segment = erased.segment and run_sizes.as_of = erased.as_of
    where
        run_sizes.as_of = (select max(as_of) from {{ ref('run_sizes') }})
        and versions.valid_to is null
        and versions.entity = '{{ entity }}'
)

select
    '{{ table }}' as subject,
    {{ dbt.concat(["'not as many open in '", 'sizes.segment', "' as its size says'"]) }} as fault,
    cast(abs(sizes.size - coalesce(stays.open_stays, 0)) as bigint) as occurrences
from sizes
left join stays on sizes.segment = stays.segment
where sizes.size != coalesce(stays.open_stays, 0)
{%- endmacro %}
