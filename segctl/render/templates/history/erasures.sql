{{ config(materialized='recorded', unique_key=[], full_refresh=false, on_schema_change='ignore') }}

-- Written by `segctl erase`; a run only makes the table.
select
    cast(null as {{ dbt.type_string() }}) as segment,
    cast(null as {{ segctl.timestamp_type() }}) as as_of,
    cast(null as bigint) as size,
    cast(null as bigint) as joined_count,
    cast(null as bigint) as left_count,
    cast(null as {{ segctl.timestamp_type() }}) as erased_at
{{ segctl.no_rows() }}
