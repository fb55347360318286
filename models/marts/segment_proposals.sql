{{ config(materialized='table', pre_hook="{{ segctl.without_jit() }}") }}

{{ segctl.proposals('customer') }}
