{{ config(materialized='lasting_view') }}

{%- set a_day = 24 * 60 * 60 * 1000000 %}
{%- set window_length = (var('segctl_flapping_days', 30) | int) * a_day %}

with segment_history as (
    select *
    from {{ ref('segment_history') }}
),

last_run as (
    select max(as_of) as as_of
    from {{ ref('segment_runs') }}
),

stays as (
    select
        segment_history.segment,
        segment_history.customer_id,
        segment_history.joined_at,
        segment_history.left_at,
        {{ segctl.microseconds_between(
            'segment_history.joined_at', 'coalesce(segment_history.left_at, last_run.as_of)'
        ) }} as microseconds_in,
        {{ segctl.microseconds_between('segment_history.joined_at', 'last_run.as_of') }} as microseconds_since
    from segment_history
    cross join last_run
),

counted as (
    select
        segment,
        customer_id,
        min(joined_at) as first_joined_at,
        max(joined_at) as last_joined_at,
        max(left_at) as last_left_at,
        count(*) as times_joined,
        count(left_at) as times_left,
        -- Wide enough for ratio, which multiplies it by a million.
        cast(sum(microseconds_in) as decimal(20, 0)) as microseconds_in,
        sum(case when microseconds_since < {{ window_length }} then 1 else 0 end) as times_joined_lately
    from stays
    group by
        segment,
        customer_id
)

select
    segment,
    customer_id,
    first_joined_at,
    last_joined_at,
    case when times_left = times_joined then last_left_at end as last_left_at,
    times_joined,
    times_left < times_joined as is_member,
    {{ segctl.ratio('microseconds_in', a_day) }} as days_in,
    times_joined_lately >= {{ var('segctl_flapping_joins', 3) | int }} as is_flapping
from counted
