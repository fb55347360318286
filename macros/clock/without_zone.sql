{#- The date and time of a zoned instant as a naive datetime. In dbt 2, `replace(tzinfo=none)` keeps the zone. -#}
{% macro without_zone(instant) %}
    {{ return(modules.datetime.datetime.combine(instant.date(), instant.time())) }}
{% endmacro %}
