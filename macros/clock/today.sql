{#- The local day of the run, as a date literal. -#}
{% macro today(timezone) -%}
    date '{{ segctl.local_time(segctl.as_of_instant(), timezone).date().isoformat() }}'
{%- endmacro %}
