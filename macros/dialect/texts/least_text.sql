{#- The smallest value of a text column by code point, as an aggregate. -#}
{% macro least_text(column) -%}
    min({{ segctl.text_order(column) }})
{%- endmacro %}
