{{ config(materialized='view') }}

with run_sizes as (
    select *
    from {{ ref('run_sizes') }}
),

segment_runs as (
    select run_id
    from {{ ref('segment_runs') }}
)

select run_sizes.*
from run_sizes
inner join segment_runs on run_sizes.run_id = segment_runs.run_id
