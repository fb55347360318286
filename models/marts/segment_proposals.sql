{{ config(
    materialized='table',
    file_format=segctl.table_format(),
    pre_hook="{{ segctl.by_hash_joins() }}"
) }}

{{ segctl.proposals('customer') }}
