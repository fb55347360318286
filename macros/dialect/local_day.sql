{#- The local calendar day of a column of instants in UTC without a zone. -#}
{% macro local_day(column, timezone) -%}
    cast(({{ column }} at time zone 'UTC') at time zone '{{ timezone }}' as date)
{%- endmacro %}
