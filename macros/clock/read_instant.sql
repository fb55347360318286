{#- An instant in ISO 8601 (UTC when it names no zone) as a naive datetime in UTC. dbt 2 wants seconds, and an offset for Z. -#}
{% macro read_instant(text) %}
    {%- set with_seconds = modules.re.sub('^(.{10}[T ][0-9]{2}:[0-9]{2})(?!:)', '\\1:00', text) -%}
    {%- set instant = modules.datetime.datetime.fromisoformat(with_seconds | replace('Z', '+00:00')) -%}
    {%- if instant.tzinfo is not none -%}
        {%- set instant = segctl.without_zone(instant.astimezone(modules.pytz.utc)) -%}
    {%- endif -%}
    {{ return(instant) }}
{% endmacro %}
