{#- The last local day that had begun before the run, as a date literal. At midnight this is the day before: no instant
    of the new day has passed. -#}
{% macro day_begun(timezone, at=none) -%}
    {{ segctl.today(timezone, at=(at or segctl.as_of_instant()) - modules.datetime.timedelta(microseconds=1)) }}
{%- endmacro %}
