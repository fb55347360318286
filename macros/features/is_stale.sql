{#- The condition that a customer's row has to be computed: the key is among stale_customers. -#}
{% macro is_stale(key, known) -%}
    {{ key ~ ' in (select stale_customers.customer_id from stale_customers)' if known else 'true' }}
{%- endmacro %}
