{{ config(materialized='ephemeral') }}

-- Upgrades write this table. dbt does not build it: the next run creates it if it is missing.
select
    format_number,
    former_as_of,
    brought_up_at,
    changes_causes
from {{ segctl.model_relation('history_format') }}
