{#- A column of instants with a zone as UTC without one, whatever the zone of the session. -#}
{% macro utc(column) -%}
    ({{ column }} at time zone 'UTC')
{%- endmacro %}
