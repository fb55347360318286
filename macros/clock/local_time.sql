{#- The local time, without a zone, of a naive UTC instant. -#}
{% macro local_time(instant, timezone) %}
    {{ return(modules.pytz.utc.localize(instant).astimezone(modules.pytz.timezone(timezone)).replace(tzinfo=none)) }}
{% endmacro %}
