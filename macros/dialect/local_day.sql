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
