{#- 1 when an event of the group has crossed a boundary since the last run, else 0. `boundaries` are pairs: the boundary
    in the last run, and in this one. -#}
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

{#- The condition that an event has crossed one of the boundaries since the last run. Without boundaries it is `1 = 0`,
    since Spark reads `where (false)` as a table alias with a column. -#}
{% macro passes(time, boundaries) -%}
    {{ '1 = 0' if not boundaries }}
    {%- for former, present in boundaries -%}
    {{ '\n        or ' if not loop.first }}{{ segctl.lies_between(time, former, present) }}
    {%- endfor -%}
{%- endmacro %}
