{{ config(
    materialized='recorded',
    unique_key=['segment', 'customer_id', 'joined_at'],
    post_hook="{{ segctl.fresh_statistics() }}"
) }}

{{ segctl.stays('customer') }}
