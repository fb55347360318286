{#- The end of a select without a table that makes it return no rows. -#}
{% macro no_rows() -%}
    {{ return(adapter.dispatch('no_rows', 'segctl')()) }}
{%- endmacro %}

{% macro default__no_rows() -%}
    where false
{%- endmacro %}

{#- BigQuery allows no condition without a table. -#}
{% macro bigquery__no_rows() -%}
    limit 0
{%- endmacro %}
