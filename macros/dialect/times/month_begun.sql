{#- The first day of a day's month, as a date. -#}
{% macro month_begun(day) -%}
    {{ return(adapter.dispatch('month_begun', 'segctl')(day)) }}
{%- endmacro %}

{% macro default__month_begun(day) -%}
    cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}

{#- In BigQuery the day comes first, and the result is a date. -#}
{% macro bigquery__month_begun(day) -%}
    date_trunc({{ day }}, month)
{%- endmacro %}
