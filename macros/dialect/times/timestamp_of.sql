{#- A timestamp literal for an instant in UTC without a zone, given as a datetime or its text. -#}
{% macro timestamp_of(instant) -%}
    {{ return(adapter.dispatch('timestamp_of', 'segctl')(instant if instant is string else instant.isoformat() | replace('T', ' '))) }}
{%- endmacro %}

{% macro default__timestamp_of(instant) -%}
    timestamp '{{ instant }}'
{%- endmacro %}

{#- The account decides which type a timestamp literal has. -#}
{% macro snowflake__timestamp_of(instant) -%}
    cast('{{ instant }}' as {{ segctl.timestamp_type() }})
{%- endmacro %}

{#- BigQuery's timestamp has a zone. -#}
{% macro bigquery__timestamp_of(instant) -%}
    datetime '{{ instant }}'
{%- endmacro %}

{#- A literal has as many places as it is written with, and so has a column that is made of it. -#}
{% macro trino__timestamp_of(instant) -%}
    cast(timestamp '{{ instant }}' as {{ segctl.timestamp_type() }})
{%- endmacro %}
