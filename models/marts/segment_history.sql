{{ config(materialized='view') }}

{{ segctl.history('customer') }}
