{{ config(materialized='lasting_view') }}

{{ segctl.changes('customer') }}
