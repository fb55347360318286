{{ config(materialized='view') }}

with segment_history as (
    select *
    from {{ ref('segment_history') }}
)

select
    segment,
    customer_id,
    joined_at as changed_at,
    'joined' as change,
    join_cause as cause,
    join_definition_hash as definition_hash,
    join_run_id as run_id
from segment_history
union all
select
    segment,
    customer_id,
    left_at as changed_at,
    'left' as change,
    leave_cause as cause,
    leave_definition_hash as definition_hash,
    leave_run_id as run_id
from segment_history
where left_at is not null
