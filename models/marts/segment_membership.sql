{{ config(materialized='view') }}

{{ segctl.membership('customer') }}
