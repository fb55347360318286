{#- The number of days from one date to another, as a whole number. -#}
{% macro days_between(first, last) -%}
    {{ return(adapter.dispatch('days_between', 'segctl')(first, last)) }}
{%- endmacro %}

{% macro default__days_between(first, last) -%}
    cast({{ last }} - {{ first }} as bigint)
{%- endmacro %}

{% macro spark__days_between(first, last) -%}
    cast(datediff({{ last }}, {{ first }}) as bigint)
{%- endmacro %}

{#- BigQuery's difference of dates is an interval. -#}
{% macro bigquery__days_between(first, last) -%}
    date_diff({{ last }}, {{ first }}, day)
{%- endmacro %}

{#- Trino's difference of dates is an interval. -#}
{% macro trino__days_between(first, last) -%}
    date_diff('day', {{ first }}, {{ last }})
{%- endmacro %}
