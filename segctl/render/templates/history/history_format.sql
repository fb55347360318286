{{ config(materialized='recorded', unique_key=[], full_refresh=false, on_schema_change='ignore') }}

-- A run makes the table with the format of its version; bring_up adds a row where an earlier version had begun.
select
    cast({{ segctl.current_format() }} as bigint) as format_number,
    cast(null as {{ segctl.timestamp_type() }}) as former_as_of,
    {{ segctl.timestamp_of(segctl.invoked_at()) }} as brought_up_at,
    false as changes_causes
