{{ config(
    materialized='recorded',
    unique_key=['run_id'],
    full_refresh=false,
    on_schema_change='ignore'
) }}

{%- do segctl.check_no_other_run(written=true) %}
{%- set as_of = segctl.as_of() %}
{%- set last = segctl.last_finished_run() %}
{%- set previous = segctl.timestamp_of(last) if last else 'cast(null as ' ~ segctl.timestamp_type() ~ ')' %}
{%- set allowed = segctl.allowed_names() %}

-- A run writes this table last. Its row finishes the run and publishes what all other tables hold of it.
<% for table in shared %>
-- depends_on: {{ ref('<< table >>') }}
<% endfor %>
with customer_features as (
    select *
    from {{ ref('customer_features') }}
    where deleted_at is null
),

all_stays as (
    select *
    from {{ ref('all_stays') }}
),

run_sizes as (
    select *
    from {{ ref('run_sizes') }}
    where run_id = {{ segctl.run_id() }}
),

changes as (
    select
        sum(case when joined_at = {{ as_of }} then 1 else 0 end) as joined_count,
        sum(case when left_at = {{ as_of }} then 1 else 0 end) as left_count
    from all_stays
),

reported as (
    select
        count(*) as segments,
        sum(case when held_by is not null then 1 else 0 end) as held_count
    from run_sizes
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
        {{ segctl.timestamp_of(segctl.invoked_at()) }} as started_at,
        '{{ invocation_id }}' as invocation_id,
        {{ segctl.git_commit() }} as git_commit,
        customers.customers,
        reported.segments,
        cast(coalesce(changes.joined_count, 0) as bigint) as joined_count,
        cast(coalesce(changes.left_count, 0) as bigint) as left_count,
        cast(coalesce(reported.held_count, 0) as bigint) as held_count,
        '{{ allowed | join(", ") }}' as allowed,
        {{ segctl.features_hash() }} as features_hash
    from customers
    cross join reported
    cross join changes
)

{{ segctl.differences(
    'wanted', ['run_id'],
    [
        'as_of', 'previous_as_of', 'started_at', 'invocation_id', 'git_commit', 'customers', 'segments',
        'joined_count', 'left_count', 'held_count', 'allowed', 'features_hash'
    ],
    replaced='false',
    uncompared=['started_at', 'invocation_id', 'git_commit']
) }}
