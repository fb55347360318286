{#- The condition that the steps of a pattern look at a customer's events: everybody's, or of those only who are in the model
    `changed`. -#}
{% macro is_changed_by_events(key, changed) -%}
    {%- set known = segctl.known_features('pattern_features') -%}
    {{ key ~ ' in (select customer_id from ' ~ changed ~ ')' if known else 'true' }}
{%- endmacro %}
