{#- Whether a column's type contradicts what the catalog says about the zone of its instants. -#}
{% macro contradicts_zone(type, zoned) %}
    {{ return(adapter.dispatch('contradicts_zone', 'segctl')(type, zoned)) }}
{% endmacro %}

{% macro default__contradicts_zone(type, zoned) %}
    {%- set has_zone = 'timestamptz' in type or 'with time zone' in type -%}
    {{ return(has_zone != zoned and ('timestamp' in type)) }}
{% endmacro %}

{#- In Spark a timestamp is an instant, or a local time in the session's zone, which is UTC. Both declarations are
    right. -#}
{% macro spark__contradicts_zone(type, zoned) %}
    {{ return(zoned and type == 'timestamp_ntz') }}
{% endmacro %}

{#- Snowflake calls its zoned types timestamp_tz and timestamp_ltz. -#}
{% macro snowflake__contradicts_zone(type, zoned) %}
    {{ return(type.startswith('timestamp') and zoned == type.startswith('timestamp_ntz')) }}
{% endmacro %}

{#- In BigQuery a timestamp has a zone and a datetime has none. -#}
{% macro bigquery__contradicts_zone(type, zoned) %}
    {{ return(type == ('datetime' if zoned else 'timestamp')) }}
{% endmacro %}
