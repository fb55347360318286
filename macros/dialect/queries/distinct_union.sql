{#- The operator between two selects that removes duplicate rows. -#}
{% macro distinct_union() -%}
    {{ return(adapter.dispatch('distinct_union', 'segctl')()) }}
{%- endmacro %}

{% macro default__distinct_union() -%}
    union
{%- endmacro %}

{#- BigQuery requires the keyword. -#}
{% macro bigquery__distinct_union() -%}
    union distinct
{%- endmacro %}
