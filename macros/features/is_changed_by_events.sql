{#- The condition that the steps of a pattern look at a customer's events: everybody's, or, with `known`, of those only who are in the model
    `changed`. -#}
{% macro is_changed_by_events(key, changed, known) -%}
    {{ key ~ ' in (select customer_id from ' ~ changed ~ ')' if known else 'true' }}
{%- endmacro %}
