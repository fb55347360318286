{{ config(
    materialized='recorded',
    unique_key=['segment', 'customer_id', 'joined_at'],
    full_refresh=false
) }}

{{ segctl.stays('customer') }}
