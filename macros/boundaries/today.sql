{#- The local day of the run, as a date literal. -#}
{% macro today(timezone, at=none) -%}
    date '{{ segctl.local_time(at or segctl.as_of_instant(), timezone).date().isoformat() }}'
{%- endmacro %}
