{#- The instant at which the local day of the run plus a number of days begins, as a timestamp literal (UTC, without a
    zone). -#}
{% macro midnight_from_today(days, timezone, at=none) -%}
    {%- set today = segctl.local_time(at or segctl.as_of_instant(), timezone).replace(hour=0, minute=0, second=0, microsecond=0) -%}
    {%- set midnight = segctl.in_utc(today + modules.datetime.timedelta(days=days), timezone) -%}
    {{ segctl.timestamp_of(midnight) }}
{%- endmacro %}
