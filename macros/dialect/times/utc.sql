{#- A column of instants with a zone as UTC without one, whatever the zone of the session. -#}
{% macro utc(column) -%}
    {{ return(adapter.dispatch('utc', 'segctl')(column)) }}
{%- endmacro %}

{% macro default__utc(column) -%}
    ({{ column }} at time zone 'UTC')
{%- endmacro %}

{#- The session's zone is UTC, which `check_session_time_zone` sees to. -#}
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

{#- In Trino what is at a time zone has one. -#}
{% macro trino__utc(column) -%}
    cast({{ column }} at time zone 'UTC' as timestamp(6))
{%- endmacro %}
