{{ config(
    materialized='recorded',
    unique_key=['run_id', 'segment'],
    full_refresh=false,
    on_schema_change='ignore',
    pre_hook="delete from {{ segctl.model_relation('erasures') }} where as_of > {{ segctl.since_last_run() }}"
) }}

-- The sizes of a repeated run leave out members who were erased.

{%- do segctl.check_no_other_run() %}
{%- set as_of = segctl.as_of() %}
{%- set run_id = segctl.run_id() %}
{%- set since = segctl.since_last_run() %}
{%- set evaluated = segctl.last_evaluations() %}
{%- set allowed = segctl.allowed_names() %}
{%- set held_then = segctl.preset_holds() %}

with customer_features as (
    select
        revenue,
        deleted_at
    from {{ ref('customer_features') }}
),

valued_changes as (
    select *
    from {{ ref('valued_changes') }}
),

declared_segments as (
    select *
    from {{ ref('declared_segments') }}
),

definition_versions as (
    select *
    from {{ ref('definition_versions') }}
),

-- Members as of the previous run who have been erased since.
erased as (
    select
        segment,
        sum(size) as erased_count
    from {{ ref('erasures') }}
    where as_of = {{ since }}
    group by segment
),

total as (
    select sum(revenue) as revenue
    from customer_features
    where deleted_at is null
),

counted as (
    select
        segment,
        sum(case when change = 'none' then 1 else 0 end) as former_size,
        sum(case when change = 'join' then 1 else 0 end) as joined_count,
        sum(case when change = 'leave' then 1 else 0 end) as left_count,
        sum(case when change = 'none' then revenue end) as former_revenue,
        sum(case when change = 'join' then revenue end) as joined_revenue,
        sum(case when change = 'leave' then revenue end) as left_revenue
    from valued_changes
    group by segment
),

standing as (
    select
        segment,
        enabled,
        exclusive_group
    from definition_versions
    where valid_to is null
),

-- A removed segment keeps its members until it is clear whether it was renamed.
reported as (
    select segment
    from declared_segments
    where enabled
    {{ segctl.distinct_union() }}
    select segment
    from counted
    where left_count > 0
    {{ segctl.distinct_union() }}
    select standing.segment
    from standing
    left join declared_segments on standing.segment = declared_segments.segment
    where standing.enabled and declared_segments.segment is null
),

{{ segctl.reused_names(evaluated) }},

proposed as (
    select
        reported.segment,
        declared_segments.enabled,
        coalesce(declared_segments.exclusive_group, standing.exclusive_group) as exclusive_group,
        declared_segments.max_change,
        declared_segments.min_size,
        declared_segments.max_size,
        reused_names.former_use,
        -- definition_versions begins no version of the new name and ends none of the old one.
        case
            when declared_segments.segment is null then standing.segment is not null
            else standing.segment is null
        end as is_renamed,
        {%- if evaluated %}
        evaluated.since is not null as was_published,
        {%- else %}
        false as was_published,
        {%- endif %}
        coalesce(counted.former_size, 0) as former_size,
        coalesce(counted.joined_count, 0) as joined_count,
        coalesce(counted.left_count, 0) as left_count,
        coalesce(counted.former_size, 0) + coalesce(counted.joined_count, 0) - coalesce(counted.left_count, 0)
            as proposed_size,
        coalesce(counted.former_revenue, 0) as former_revenue,
        coalesce(counted.joined_revenue, 0) - coalesce(counted.left_revenue, 0) as revenue_change
    from reported
    left join counted on reported.segment = counted.segment
    left join declared_segments on reported.segment = declared_segments.segment
    left join standing on reported.segment = standing.segment
    left join reused_names on reported.segment = reused_names.segment
    {%- if evaluated %}
    left join (
        {{ evaluated }}
    ) as evaluated on reported.segment = evaluated.segment
    {%- endif %}
),

judged as (
    select
        proposed.*,
        case
            when proposed.is_renamed then 'renamed'
            {%- for name, guard in held_then.items() %}
            when proposed.segment = '{{ name }}' then '{{ guard }}'
            {%- endfor %}
            when coalesce(not proposed.enabled, true) or {{ segctl.is_allowed('proposed.segment', allowed) }} then null
            when proposed.former_use is not null then proposed.former_use
            when
                proposed.was_published
                and proposed.former_size > 0
                and (proposed.joined_count + proposed.left_count) * 100 > proposed.max_change * proposed.former_size
                then 'max_change'
            when proposed.proposed_size < proposed.min_size then 'min_size'
            when proposed.proposed_size > proposed.max_size then 'max_size'
        end as breach
    from proposed
),

-- An exclusive group is held back together: nobody may be in two of its segments.
held_groups as (
    select
        exclusive_group,
        min(segment) as segment
    from judged
    where exclusive_group != '' and breach is not null
    group by exclusive_group
),

verdicts as (
    select
        judged.*,
        coalesce(
            judged.breach,
            case when judged.enabled and held_groups.segment is not null then 'group' end
        ) as held_by
    from judged
    left join held_groups on judged.exclusive_group = held_groups.exclusive_group
),

wanted as (
    select
        {{ run_id }} as run_id,
        verdicts.segment,
        {{ as_of }} as as_of,
        cast(case when verdicts.held_by is null then verdicts.proposed_size else verdicts.former_size end as bigint)
            as size,
        cast(case when verdicts.held_by is null then verdicts.joined_count else 0 end as bigint) as joined_count,
        cast(case when verdicts.held_by is null then verdicts.left_count else 0 end as bigint) as left_count,
        cast(
            case
                when total.revenue is null then null
                when verdicts.held_by is null then verdicts.former_revenue + verdicts.revenue_change
                else verdicts.former_revenue
            end as {{ segctl.wide_decimal() }}
        ) as member_revenue,
        cast(total.revenue as {{ segctl.wide_decimal() }}) as total_revenue,
        cast(coalesce(erased.erased_count, 0) as bigint) as erased_count,
        cast(verdicts.held_by as {{ dbt.type_string() }}) as held_by,
        cast(case when verdicts.held_by is not null then verdicts.joined_count end as bigint) as held_joins,
        cast(case when verdicts.held_by is not null then verdicts.left_count end as bigint) as held_leaves
    from verdicts
    left join erased on verdicts.segment = erased.segment
    cross join total
)

{{ segctl.differences(
    'wanted', ['run_id', 'segment'],
    [
        'as_of', 'size', 'joined_count', 'left_count', 'member_revenue', 'total_revenue', 'erased_count', 'held_by',
        'held_joins', 'held_leaves'
    ],
    replaced='present.as_of > ' ~ since
) }}
