{{ config(
    materialized='incremental',
    incremental_strategy='apply_changes',
    unique_key=['run_id', 'segment'],
    full_refresh=false
) }}

{%- set as_of = segctl.as_of() %}
{%- set run_id = segctl.run_id() %}

with customer_features as (
    select
        revenue,
        deleted_at
    from {{ ref('customer_features') }}
),

segment_stays as (
    select *
    from {{ ref('segment_stays') }}
    where left_at is null or left_at >= {{ as_of }}
),

segment_definitions as (
    select segment
    from {{ ref('segment_definitions') }}
    where valid_to is null and enabled
),

total as (
    select sum(revenue) as revenue
    from customer_features
    where deleted_at is null
),

counted as (
    select
        segment,
        sum(case when left_at is null then 1 else 0 end) as size,
        sum(case when joined_at = {{ as_of }} then 1 else 0 end) as joined_count,
        sum(case when left_at = {{ as_of }} then 1 else 0 end) as left_count,
        sum(case when left_at is null then revenue end) as member_revenue
    from segment_stays
    group by segment
),

reported as (
    select segment from segment_definitions
    union
    select segment
    from counted
    where left_count > 0
),

wanted as (
    select
        {{ run_id }} as run_id,
        reported.segment,
        {{ as_of }} as as_of,
        cast(coalesce(counted.size, 0) as bigint) as size,
        cast(coalesce(counted.joined_count, 0) as bigint) as joined_count,
        cast(coalesce(counted.left_count, 0) as bigint) as left_count,
        cast(
            case when total.revenue is not null then coalesce(counted.member_revenue, 0) end as decimal(38, 6)
        ) as member_revenue,
        cast(total.revenue as decimal(38, 6)) as total_revenue
    from reported
    left join counted on reported.segment = counted.segment
    cross join total
)

{{ segctl.differences(
    'wanted', ['run_id', 'segment'],
    ['as_of', 'size', 'joined_count', 'left_count', 'member_revenue', 'total_revenue'],
    replaced='present.run_id = ' ~ run_id
) }}
