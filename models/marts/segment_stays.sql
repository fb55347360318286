{{ config(
    materialized='incremental',
    incremental_strategy='apply_changes',
    unique_key=['segment', 'customer_id', 'joined_at'],
    full_refresh=false
) }}

{{ segctl.stays('customer') }}
