{{ config(materialized='recorded', full_refresh=false) }}

-- Written by `segctl replay` and `segctl restate`; a run only makes the table.
select
    cast(null as timestamp) as corrected_at,
    cast(null as {{ dbt.type_string() }}) as operation,
    cast(null as {{ dbt.type_string() }}) as segment,
    cast(null as timestamp) as since,
    cast(null as bigint) as stays_added,
    cast(null as bigint) as stays_removed,
    cast(null as bigint) as stays_changed
where false
