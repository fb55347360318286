{#- An instant expression as text that Python reads, to the microsecond. -#}
{% macro timestamp_text(instant) -%}
    {{ return(adapter.dispatch('timestamp_text', 'segctl')(instant)) }}
{%- endmacro %}

{% macro default__timestamp_text(instant) -%}
    cast({{ instant }} as varchar(40))
{%- endmacro %}

{#- Snowflake writes three places, or as the session says. -#}
{% macro snowflake__timestamp_text(instant) -%}
    to_char({{ instant }}, 'YYYY-MM-DD HH24:MI:SS.FF6')
{%- endmacro %}

{#- BigQuery has no varchar. -#}
{% macro bigquery__timestamp_text(instant) -%}
    cast({{ instant }} as string)
{%- endmacro %}
