{#- The start of the dbt invocation by the wall clock, as a naive datetime in UTC. -#}
{% macro invoked_at() %}
    {{ return(segctl.without_zone(run_started_at.astimezone(modules.pytz.utc))) }}
{% endmacro %}
