{#- The local day on which `ahead` falls, as a date literal. -#}
{% macro day_ahead(count, unit, timezone, at=none) -%}
    {%- set instant = segctl.shifted(at or segctl.as_of_instant(), count, unit, timezone) -%}
    date '{{ segctl.local_time(instant, timezone).date().isoformat() }}'
{%- endmacro %}
