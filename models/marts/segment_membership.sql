{{ config(materialized='view') }}

with segment_history as (
    select *
    from {{ ref('segment_history') }}
),

customer_features as (
    select
        customer_id,
        eligible
    from {{ ref('customer_features') }}
)

select
    segment_history.segment,
    segment_history.customer_id,
    segment_history.joined_at,
    segment_history.join_cause,
    segment_history.join_definition_hash,
    segment_history.join_run_id,
    customer_features.eligible
from segment_history
left join customer_features on segment_history.customer_id = customer_features.customer_id
where segment_history.left_at is null
