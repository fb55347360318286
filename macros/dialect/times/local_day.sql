{#- The local calendar day of a column of instants in UTC without a zone. -#}
{% macro local_day(column, timezone) -%}
    {{ return(adapter.dispatch('local_day', 'segctl')(column, timezone)) }}
{%- endmacro %}

{% macro default__local_day(column, timezone) -%}
    cast(({{ column }} at time zone 'UTC') at time zone '{{ timezone }}' as date)
{%- endmacro %}

{% macro spark__local_day(column, timezone) -%}
    cast(from_utc_timestamp({{ column }}, '{{ timezone }}') as date)
{%- endmacro %}

{#- Snowflake has no `at time zone`. -#}
{% macro snowflake__local_day(column, timezone) -%}
    cast(convert_timezone('UTC', '{{ timezone }}', {{ column }}) as date)
{%- endmacro %}

{#- BigQuery has no `at time zone`. -#}
{% macro bigquery__local_day(column, timezone) -%}
    date(timestamp({{ column }}, 'UTC'), '{{ timezone }}')
{%- endmacro %}

{#- Trino would read an instant without a zone by the session's clock. -#}
{% macro trino__local_day(column, timezone) -%}
    cast(with_timezone({{ column }}, 'UTC') at time zone '{{ timezone }}' as date)
{%- endmacro %}
