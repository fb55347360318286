{#- The condition that a customer's row has to be computed: the key is in stale_customers. -#}
{% macro is_stale(key, known) -%}
    {{ key ~ ' in (select stale_customers.customer_id from stale_customers)' if known else 'true' }}
{%- endmacro %}

{#- The condition that a customer's row need not be computed: the key is not in stale_customers. -#}
{% macro is_not_stale(key) -%}
    not exists (select 1 from stale_customers where stale_customers.customer_id = {{ key }})
{%- endmacro %}
