{#- An instant in UTC without a zone, a datetime or its text, as a literal. -#}
{% macro timestamp_of(instant) -%}
    {{ return(adapter.dispatch('timestamp_of', 'segctl')(instant if instant is string else instant.isoformat() | replace('T', ' '))) }}
{%- endmacro %}

{% macro default__timestamp_of(instant) -%}
    timestamp '{{ instant }}'
{%- endmacro %}

{#- A timestamp literal is of the type that the account says. -#}
{% macro snowflake__timestamp_of(instant) -%}
    cast('{{ instant }}' as {{ segctl.timestamp_type() }})
{%- endmacro %}

{#- BigQuery's timestamp has a zone. -#}
{% macro bigquery__timestamp_of(instant) -%}
    datetime '{{ instant }}'
{%- endmacro %}

{#- A literal has as many places as it is written with, and so would a column that is made of it. -#}
{% macro trino__timestamp_of(instant) -%}
    cast(timestamp '{{ instant }}' as {{ segctl.timestamp_type() }})
{%- endmacro %}
