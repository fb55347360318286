{#- The first day of the month of a day, as a day. -#}
{% macro month_begun(day) -%}
    {{ return(adapter.dispatch('month_begun', 'segctl')(day)) }}
{%- endmacro %}

{% macro default__month_begun(day) -%}
    cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}

{#- In BigQuery the day comes first, and stays one. -#}
{% macro bigquery__month_begun(day) -%}
    date_trunc({{ day }}, month)
{%- endmacro %}
