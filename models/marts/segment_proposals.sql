{{ config(
    materialized='table',
    file_format=segctl.table_format(),
    pre_hook="{{ segctl.without_jit() }}"
) }}

{{ segctl.proposals('customer') }}
