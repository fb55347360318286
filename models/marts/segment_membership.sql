{{ config(materialized='lasting_view') }}

{{ segctl.membership('customer') }}
