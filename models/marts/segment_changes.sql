{{ config(materialized='view') }}

{{ segctl.changes('customer') }}
