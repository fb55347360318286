{#- The last local day that had begun before the run, as a date literal. As of the midnight that begins a day it is the day
    before: nothing has happened on a day of which no instant has passed. -#}
{% macro day_begun(timezone, at=none) -%}
    {{ segctl.today(timezone, at=(at or segctl.as_of_instant()) - modules.datetime.timedelta(microseconds=1)) }}
{%- endmacro %}
