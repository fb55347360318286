{#- A date expression plus a number of days, as a date. -#}
{% macro days_later(day, days) -%}
    {{ return(adapter.dispatch('days_later', 'segctl')(day, days)) }}
{%- endmacro %}

{% macro default__days_later(day, days) -%}
    cast({{ day }} + interval '{{ days }}' day as date)
{%- endmacro %}

{#- In Snowflake the unit stands within the text of an interval. -#}
{% macro snowflake__days_later(day, days) -%}
    cast(dateadd(day, {{ days }}, {{ day }}) as date)
{%- endmacro %}

{#- In BigQuery the number of an interval is no text. -#}
{% macro bigquery__days_later(day, days) -%}
    date_add({{ day }}, interval {{ days }} day)
{%- endmacro %}

{#- Redshift's intervals of one unit came late; its function was always there. -#}
{% macro redshift__days_later(day, days) -%}
    cast(dateadd(day, {{ days }}, {{ day }}) as date)
{%- endmacro %}
