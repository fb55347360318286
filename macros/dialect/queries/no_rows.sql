{#- The end of a select without a table, so that it has no rows. -#}
{% macro no_rows() -%}
    {{ return(adapter.dispatch('no_rows', 'segctl')()) }}
{%- endmacro %}

{% macro default__no_rows() -%}
    where false
{%- endmacro %}

{#- BigQuery takes no condition where there is no table. -#}
{% macro bigquery__no_rows() -%}
    limit 0
{%- endmacro %}
