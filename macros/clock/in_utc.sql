{#- The naive UTC instant of a local time. A local time that the clock skips is read with the offset before the gap; of
    one that occurs twice, the first is taken. dbt 2 cannot resolve either, so the zone is asked only for its offsets a
    day before and a day after, which are always safe: no offset is as large as a day. -#}
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
