{#- The condition that a segment takes part in the run: all do, but those that are `excluded_segments`. -#}
{% macro is_included(column) -%}
    {%- set names = segctl.excluded_segments() -%}
    {{ column ~ " not in ('" ~ names | join("', '") ~ "')" if names else 'true' }}
{%- endmacro %}
