{{ config(materialized='recorded', unique_key=[], full_refresh=false, on_schema_change='ignore') }}

-- Written by `segctl replay` and `segctl restate`; a run only makes the table.
select
    cast(null as {{ segctl.timestamp_type() }}) as corrected_at,
    cast(null as {{ dbt.type_string() }}) as operation,
    cast(null as {{ dbt.type_string() }}) as segment,
    cast(null as {{ segctl.timestamp_type() }}) as since,
    cast(null as bigint) as stays_added,
    cast(null as bigint) as stays_removed,
    cast(null as bigint) as stays_changed
{{ segctl.no_rows() }}
