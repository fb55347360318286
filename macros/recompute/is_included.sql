{#- The condition that the run evaluates a segment: it is not among the `excluded_segments`. -#}
{% macro is_included(column) -%}
    {%- set names = segctl.excluded_segments() -%}
    {{ column ~ " not in ('" ~ names | join("', '") ~ "')" if names else 'true' }}
{%- endmacro %}
