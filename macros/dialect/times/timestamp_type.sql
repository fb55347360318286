{#- The type of instants in UTC without a zone, to the microsecond. -#}
{% macro timestamp_type() -%}
    {{ return(adapter.dispatch('timestamp_type', 'segctl')()) }}
{%- endmacro %}

{% macro default__timestamp_type() -%}
    timestamp
{%- endmacro %}

{#- The account decides what Snowflake's `timestamp` is: with a zone, without one, or in the session's. -#}
{% macro snowflake__timestamp_type() -%}
    timestamp_ntz
{%- endmacro %}

{#- BigQuery's timestamp has a zone. -#}
{% macro bigquery__timestamp_type() -%}
    datetime
{%- endmacro %}

{#- Trino's timestamp has milliseconds only. -#}
{% macro trino__timestamp_type() -%}
    timestamp(6)
{%- endmacro %}
