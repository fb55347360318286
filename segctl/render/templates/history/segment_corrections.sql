{{ config(materialized='ephemeral') }}

-- A table that `replay` and `restate` write to. dbt does not build it: a run that does not find it makes it.
select
    corrected_at,
    operation,
    segment,
    since,
    stays_added,
    stays_removed,
    stays_changed
from {{ segctl.model_relation('segment_corrections') }}
