{#- The condition that an anniversary of a day (an SQL expression of type date) falls within a duration that begins
    today. `at` is the naive UTC instant of the run, if it is not the current one. Days of the year are compared as
    numbers, 1231 for 31 December. 29 February counts as the 28th in common years. -#}
{% macro anniversary_within(day, count, unit, timezone, at=none) -%}
    {%- set at = at or segctl.as_of_instant() -%}
    {%- set today = segctl.local_time(at, timezone) -%}
    {%- set last = segctl.local_time(segctl.shifted(at, count, unit, timezone), timezone)
        - modules.datetime.timedelta(days=1) -%}
    {%- set leap = (last.year % 4 == 0 and last.year % 100 != 0) or last.year % 400 == 0 -%}
    {%- set from_day = today.month * 100 + today.day -%}
    {%- set to_day = last.month * 100 + last.day -%}
    {%- if to_day == 228 and not leap -%}
        {%- set to_day = 229 -%}
    {%- endif -%}
    {%- set of_year = 'extract(month from ' ~ day ~ ') * 100 + extract(day from ' ~ day ~ ')' -%}
    {%- if last.year == today.year -%}
    ({{ day }} < {{ segctl.today(timezone, at=at) }} and {{ of_year }} between {{ from_day }} and {{ to_day }})
    {%- elif from_day <= to_day -%}
    ({{ day }} < {{ segctl.today(timezone, at=at) }})
    {%- else -%}
    ({{ day }} < {{ segctl.today(timezone, at=at) }} and ({{ of_year }} >= {{ from_day }} or {{ of_year }} <= {{ to_day }}))
    {%- endif -%}
{%- endmacro %}
