{{ config(materialized='ephemeral') }}

-- A table that upgrades write to. dbt does not build it: a run that does not find it makes it.
select
    format_number,
    former_as_of,
    brought_up_at,
    changes_causes
from {{ segctl.model_relation('history_format') }}
