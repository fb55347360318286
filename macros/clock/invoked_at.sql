{#- When the invocation of dbt began, by the clock on the wall, as a naive datetime in UTC. -#}
{% macro invoked_at() %}
    {{ return(segctl.without_zone(run_started_at.astimezone(modules.pytz.utc))) }}
{% endmacro %}
