{#- The local time of a naive UTC instant, without a zone. -#}
{% macro local_time(instant, timezone) %}
    {{ return(segctl.without_zone(modules.pytz.utc.localize(instant).astimezone(modules.pytz.timezone(timezone)))) }}
{% endmacro %}
