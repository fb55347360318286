{#- The condition that a segment takes part in the run: all do, but those that are `left_out`. -#}
{% macro takes_part(column) -%}
    {%- set names = segctl.left_out() -%}
    {{ column ~ " not in ('" ~ names | join("', '") ~ "')" if names else 'true' }}
{%- endmacro %}
