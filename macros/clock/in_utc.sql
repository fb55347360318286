{#- The naive UTC instant of a local time. A local time that the clock skips is read with the offset before the gap; one
    that occurs twice is the first. -#}
{% macro in_utc(local, timezone) %}
    {%- set zone = modules.pytz.timezone(timezone) -%}
    {%- set first = zone.localize(local, is_dst=true) -%}
    {#- In a gap, normalising moves the clock: the reading with the other offset is the one from before it. -#}
    {%- if zone.normalize(first).replace(tzinfo=none) != local -%}
        {%- set first = zone.localize(local, is_dst=false) -%}
    {%- endif -%}
    {{ return(first.astimezone(modules.pytz.utc).replace(tzinfo=none)) }}
{% endmacro %}
