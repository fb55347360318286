{{ config(materialized='recorded', full_refresh=false) }}

-- Written by `segctl erase`; a run only makes the table.
select
    cast(null as {{ dbt.type_string() }}) as segment,
    cast(null as timestamp) as as_of,
    cast(null as bigint) as size,
    cast(null as bigint) as joined_count,
    cast(null as bigint) as left_count,
    cast(null as timestamp) as erased_at
where false
