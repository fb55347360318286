{#- The type of sums of decimal(28, 6): the engine's most digits, six of them places. -#}
{% macro wide_decimal() -%}
    {{ return(adapter.dispatch('wide_decimal', 'segctl')()) }}
{%- endmacro %}

{% macro default__wide_decimal() -%}
    decimal(38, 6)
{%- endmacro %}

{#- BigQuery's decimal has 29 digits before the point at most. -#}
{% macro bigquery__wide_decimal() -%}
    bignumeric(38, 6)
{%- endmacro %}
