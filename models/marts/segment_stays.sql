{{ config(
    materialized='recorded',
    unique_key=['segment', 'customer_id', 'joined_at'],
    full_refresh=false,
    post_hook="{{ segctl.fresh_statistics() }}"
) }}

{{ segctl.stays('customer') }}
