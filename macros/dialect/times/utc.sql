{#- A column of zoned instants in UTC without a zone, whatever the session's zone. -#}
{% macro utc(column) -%}
    {{ return(adapter.dispatch('utc', 'segctl')(column)) }}
{%- endmacro %}

{% macro default__utc(column) -%}
    ({{ column }} at time zone 'UTC')
{%- endmacro %}

{#- The session's zone is UTC: `check_session_time_zone` checks it. -#}
{% macro spark__utc(column) -%}
    cast({{ column }} as timestamp)
{%- endmacro %}

{#- Snowflake has no `at time zone`. -#}
{% macro snowflake__utc(column) -%}
    cast(convert_timezone('UTC', {{ column }}) as timestamp_ntz)
{%- endmacro %}

{#- BigQuery has no `at time zone`. -#}
{% macro bigquery__utc(column) -%}
    datetime({{ column }}, 'UTC')
{%- endmacro %}

{#- In Trino `at time zone` returns a zoned instant. -#}
{% macro trino__utc(column) -%}
    cast({{ column }} at time zone 'UTC' as timestamp(6))
{%- endmacro %}
