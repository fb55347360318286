{#- The type of instants in UTC without a zone, to the microsecond. -#}
{% macro timestamp_type() -%}
    {{ return(adapter.dispatch('timestamp_type', 'segctl')()) }}
{%- endmacro %}

{% macro default__timestamp_type() -%}
    timestamp
{%- endmacro %}

{#- What Snowflake calls a timestamp is for the account to say: with a zone, without, or that of the session. -#}
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
