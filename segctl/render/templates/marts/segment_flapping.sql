{{ config(materialized='lasting_view') }}

with segment_customers as (
    select
        segment,
        is_flapping
    from {{ ref('segment_customers') }}
),

counted as (
    select
        segment,
        cast(sum(case when is_flapping then 1 else 0 end) as bigint) as flapping_customers,
        count(*) as customers_ever
    from segment_customers
    group by segment
)

select
    segment,
    flapping_customers,
    customers_ever,
    {{ segctl.ratio('flapping_customers', 'customers_ever') }} as flapping_share
from counted
