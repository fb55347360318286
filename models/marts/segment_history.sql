{{ config(materialized='lasting_view') }}

{{ segctl.history('customer') }}
