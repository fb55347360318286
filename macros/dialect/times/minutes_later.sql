{#- An instant expression plus a number of minutes. -#}
{% macro minutes_later(instant, minutes) -%}
    {{ return(adapter.dispatch('minutes_later', 'segctl')(instant, minutes)) }}
{%- endmacro %}

{% macro default__minutes_later(instant, minutes) -%}
    {{ instant }} + interval '{{ minutes }}' minute
{%- endmacro %}

{#- In Snowflake the unit stands within the text of an interval. -#}
{% macro snowflake__minutes_later(instant, minutes) -%}
    dateadd(minute, {{ minutes }}, {{ instant }})
{%- endmacro %}

{#- In BigQuery the number of an interval is no text. -#}
{% macro bigquery__minutes_later(instant, minutes) -%}
    datetime_add({{ instant }}, interval {{ minutes }} minute)
{%- endmacro %}

{#- Redshift's intervals of one unit came late; its function was always there. -#}
{% macro redshift__minutes_later(instant, minutes) -%}
    dateadd(minute, {{ minutes }}, {{ instant }})
{%- endmacro %}
