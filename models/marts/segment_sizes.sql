{{ config(materialized='view') }}

with run_sizes as (
    select *
    from {{ ref('run_sizes') }}
),

published as (
    select max(as_of) as as_of
    from {{ ref('segment_runs') }}
)

select run_sizes.*
from run_sizes
inner join published on run_sizes.as_of <= published.as_of
