{#- What stands between two selects of which no row is to be there twice. -#}
{% macro distinct_union() -%}
    {{ return(adapter.dispatch('distinct_union', 'segctl')()) }}
{%- endmacro %}

{% macro default__distinct_union() -%}
    union
{%- endmacro %}

{#- BigQuery wants it said. -#}
{% macro bigquery__distinct_union() -%}
    union distinct
{%- endmacro %}
