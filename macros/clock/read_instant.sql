{#- An instant in ISO 8601 as a naive datetime in UTC, which is also the default zone. dbt 2 requires seconds, and an
    offset instead of Z. -#}
{% macro read_instant(text) %}
    {%- set with_seconds = modules.re.sub('^(.{10}[T ][0-9]{2}:[0-9]{2})(?!:)', '\\1:00', text) -%}
    {%- set instant = modules.datetime.datetime.fromisoformat(with_seconds | replace('Z', '+00:00')) -%}
    {%- if instant.tzinfo is not none -%}
        {%- set instant = segctl.without_zone(instant.astimezone(modules.pytz.utc)) -%}
    {%- endif -%}
    {{ return(instant) }}
{% endmacro %}
