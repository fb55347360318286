{#- The local day of the run plus a number of days, which may be negative, as a date literal. -#}
{% macro day_from_today(days, timezone, at=none) -%}
    {%- set today = segctl.local_time(at or segctl.as_of_instant(), timezone).date() -%}
    date '{{ (today + modules.datetime.timedelta(days=days)).isoformat() }}'
{%- endmacro %}
