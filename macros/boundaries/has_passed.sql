{#- 1 when one of a group's events has passed a boundary since the last run, else 0. Of each boundary what it was then and is now. -#}
{% macro has_passed(time, boundaries) -%}
{%- if boundaries -%}
max(
            case
                {%- for former, present in boundaries %}
                when {{ segctl.lies_between(time, former, present) }} then 1
                {%- endfor %}
                else 0
            end
        )
{%- else -%}
0
{%- endif -%}
{%- endmacro %}

{#- The condition that an event has passed one of the boundaries; where there are none, `1 = 0`: Spark takes `where (false)` for a
    name of the table, with its column. -#}
{% macro passes(time, boundaries) -%}
    {{ '1 = 0' if not boundaries }}
    {%- for former, present in boundaries -%}
    {{ '\n        or ' if not loop.first }}{{ segctl.lies_between(time, former, present) }}
    {%- endfor -%}
{%- endmacro %}
