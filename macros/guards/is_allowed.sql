{#- The condition that this run ignores the guards of the segment or source that a column names. -#}
{% macro is_allowed(column, allowed) -%}
    {%- if '*' in allowed -%}
        true
    {%- elif allowed -%}
        {{ column }} in ('{{ allowed | join("', '") }}')
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}
