{{ config(materialized='ephemeral') }}

-- `erase` writes this table. dbt does not build it: the next run creates it if it is missing.
select
    segment,
    as_of,
    size,
    joined_count,
    left_count,
    erased_at
from {{ segctl.model_relation('erasures') }}
