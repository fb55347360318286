{#- The condition that the guards of what a column names are let pass in this run. -#}
{% macro is_allowed(column, allowed) -%}
    {%- if '*' in allowed -%}
        true
    {%- elif allowed -%}
        {{ column }} in ('{{ allowed | join("', '") }}')
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}
