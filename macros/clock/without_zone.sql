{#- The date and time of an instant that has a zone, as a naive datetime. In dbt 2 `replace(tzinfo=none)` leaves the zone. -#}
{% macro without_zone(instant) %}
    {{ return(modules.datetime.datetime.combine(instant.date(), instant.time())) }}
{% endmacro %}
