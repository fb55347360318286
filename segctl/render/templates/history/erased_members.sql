{{ config(materialized='recorded', unique_key=[], full_refresh=false, on_schema_change='ignore') }}

-- Written by `segctl erase`; a run only makes the table.
select
    cast(null as {{ dbt.type_string() }}) as entity,
    cast(null as {{ dbt.type_string() }}) as salt,
    cast(null as {{ dbt.type_string() }}) as member_hash,
    cast(null as {{ segctl.timestamp_type() }}) as erased_at
{{ segctl.no_rows() }}
