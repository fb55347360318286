{{ config(materialized='ephemeral') }}

-- A table that `erase` writes to. dbt does not build it: a run that does not find it makes it.
select
    segment,
    as_of,
    size,
    joined_count,
    left_count,
    erased_at
from {{ segctl.model_relation('erasures') }}
