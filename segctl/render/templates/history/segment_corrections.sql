{{ config(materialized='ephemeral') }}

-- `replay` and `restate` write this table. dbt does not build it: the next run creates it if it is missing.
select
    corrected_at,
    operation,
    segment,
    since,
    stays_added,
    stays_removed,
    stays_changed
from {{ segctl.model_relation('segment_corrections') }}
