{{ config(materialized='table') }}

{{ segctl.proposals('customer') }}
