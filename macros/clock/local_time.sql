{#- The local time, without a zone, of a naive UTC instant. -#}
{% macro local_time(instant, timezone) %}
    {{ return(segctl.without_zone(modules.pytz.utc.localize(instant).astimezone(modules.pytz.timezone(timezone)))) }}
{% endmacro %}
