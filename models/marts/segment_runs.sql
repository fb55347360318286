{{ config(
    materialized='incremental',
    incremental_strategy='apply_changes',
    unique_key=['run_id'],
    full_refresh=false
) }}

{%- set as_of = segctl.as_of() %}
{%- set last = segctl.last_finished_run() %}
{%- set previous = "timestamp '" ~ last.isoformat(sep=' ') ~ "'" if last else 'cast(null as timestamp)' %}

with customer_features as (
    select *
    from {{ ref('customer_features') }}
    where deleted_at is null
),

segment_sizes as (
    select *
    from {{ ref('segment_sizes') }}
    where run_id = {{ segctl.run_id() }}
),

counted as (
    select
        count(*) as segments,
        sum(joined_count) as joined_count,
        sum(left_count) as left_count
    from segment_sizes
),

customers as (
    select count(*) as customers
    from customer_features
),

wanted as (
    select
        {{ segctl.run_id() }} as run_id,
        {{ as_of }} as as_of,
        {{ previous }} as previous_as_of,
        timestamp '{{ run_started_at.replace(tzinfo=none).isoformat(sep=' ') }}' as started_at,
        '{{ invocation_id }}' as invocation_id,
        customers.customers,
        counted.segments,
        cast(coalesce(counted.joined_count, 0) as bigint) as joined_count,
        cast(coalesce(counted.left_count, 0) as bigint) as left_count
    from customers
    cross join counted
)

{{ segctl.differences(
    'wanted', ['run_id'],
    [
        'as_of', 'previous_as_of', 'started_at', 'invocation_id', 'customers', 'segments', 'joined_count',
        'left_count'
    ],
    replaced='false',
    uncompared=['started_at', 'invocation_id']
) }}
