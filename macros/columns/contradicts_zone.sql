{#- Whether a column's type contradicts what the catalog says of its instants: that they have a zone, or have none. -#}
{% macro contradicts_zone(type, zoned) %}
    {{ return(adapter.dispatch('contradicts_zone', 'segctl')(type, zoned)) }}
{% endmacro %}

{% macro default__contradicts_zone(type, zoned) %}
    {%- set has_zone = 'timestamptz' in type or 'with time zone' in type -%}
    {{ return(has_zone != zoned and ('timestamp' in type)) }}
{% endmacro %}

{#- What Spark calls a timestamp is an instant, and a local time in the session's zone, which is UTC: it may be called either. -#}
{% macro spark__contradicts_zone(type, zoned) %}
    {{ return(zoned and type == 'timestamp_ntz') }}
{% endmacro %}

{#- Snowflake calls them timestamp_tz and timestamp_ltz. -#}
{% macro snowflake__contradicts_zone(type, zoned) %}
    {{ return(type.startswith('timestamp') and zoned == type.startswith('timestamp_ntz')) }}
{% endmacro %}

{#- In BigQuery a timestamp has a zone, and a datetime has none. -#}
{% macro bigquery__contradicts_zone(type, zoned) %}
    {{ return(type == ('datetime' if zoned else 'timestamp')) }}
{% endmacro %}
