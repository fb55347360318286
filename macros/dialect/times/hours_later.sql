{#- An instant expression plus a number of hours. -#}
{% macro hours_later(instant, hours) -%}
    {{ return(adapter.dispatch('hours_later', 'segctl')(instant, hours)) }}
{%- endmacro %}

{% macro default__hours_later(instant, hours) -%}
    {{ instant }} + interval '{{ hours }}' hour
{%- endmacro %}

{#- In Snowflake the unit stands within the text of an interval. -#}
{% macro snowflake__hours_later(instant, hours) -%}
    dateadd(hour, {{ hours }}, {{ instant }})
{%- endmacro %}

{#- In BigQuery the number of an interval is no text. -#}
{% macro bigquery__hours_later(instant, hours) -%}
    datetime_add({{ instant }}, interval {{ hours }} hour)
{%- endmacro %}

{#- Redshift's intervals of one unit came late; its function was always there. -#}
{% macro redshift__hours_later(instant, hours) -%}
    dateadd(hour, {{ hours }}, {{ instant }})
{%- endmacro %}
