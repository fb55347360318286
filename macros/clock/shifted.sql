{#- A naive UTC instant moved by a number of hours, or of days, weeks, months or years of the local calendar; a negative
    number moves it back. A month without the day gets its last day. -#}
{% macro shifted(instant, count, unit, timezone) %}
    {%- set timedelta = modules.datetime.timedelta -%}
    {%- if unit == 'hour' -%}
        {{ return(instant + timedelta(hours=count)) }}
    {%- endif -%}
    {%- set local = segctl.local_time(instant, timezone) -%}
    {%- if unit in ('day', 'week') -%}
        {%- set moved = local + timedelta(days=count * (7 if unit == 'week' else 1)) -%}
    {%- else -%}
        {%- set month_index = local.year * 12 + local.month - 1 + count * (12 if unit == 'year' else 1) -%}
        {%- set year, month = month_index // 12, month_index % 12 + 1 -%}
        {%- set next_month = modules.datetime.datetime(year + (1 if month == 12 else 0), month % 12 + 1, 1) -%}
        {%- set last_day = (next_month - timedelta(days=1)).day -%}
        {%- set moved = local.replace(year=year, month=month, day=[local.day, last_day] | min) -%}
    {%- endif -%}
    {{ return(segctl.in_utc(moved, timezone)) }}
{% endmacro %}
