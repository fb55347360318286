{#- The naive UTC instant of a local time. A local time that the clock skips is read with the offset before the gap; one
    that occurs twice is the first. dbt 2 knows no instant of either, so that a zone is only asked for its offsets: those a day
    before and a day after the local time taken for UTC, for no offset is as much as a day. -#}
{% macro in_utc(local, timezone) %}
    {%- set utc, zone = modules.pytz.utc, modules.pytz.timezone(timezone) -%}
    {%- set day = modules.datetime.timedelta(days=1) -%}
    {%- set by_former = local - utc.localize(local - day).astimezone(zone).utcoffset() -%}
    {%- set by_latter = local - utc.localize(local + day).astimezone(zone).utcoffset() -%}
    {%- if by_former != by_latter and segctl.local_time(by_former, timezone) != local -%}
        {%- if segctl.local_time(by_latter, timezone) == local -%}
            {{ return(by_latter) }}
        {%- endif -%}
    {%- endif -%}
    {{ return(by_former) }}
{% endmacro %}
