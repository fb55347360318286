{#- The condition that a time lies between a boundary's position in the last run and in this one, so that time alone may
    have changed an answer. `boundaries` are pairs of literals of one form. The search is binary: with a hundred
    boundaries each row is compared seven times. -#}
{% macro has_turned(time, boundaries) -%}
    {%- set intervals = [] -%}
    {%- for pair in boundaries | map('sort') | sort -%}
        {%- set first, last = pair[0] | trim, pair[1] | trim -%}
        {%- if intervals and first <= intervals[-1][1] -%}
            {%- do intervals.append([intervals[-1][0], [intervals.pop()[1], last] | max]) -%}
        {%- else -%}
            {%- do intervals.append([first, last]) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(segctl.lies_in_any(time, intervals)) }}
{%- endmacro %}

{#- The condition that a time lies in one of the intervals, which are sorted and do not overlap. -#}
{% macro lies_in_any(time, intervals) -%}
    {%- if intervals | length < 2 -%}
        {{ return(time ~ ' between ' ~ intervals[0] | join(' and ') if intervals else 'false') }}
    {%- endif -%}
    {%- set half = intervals | length // 2 -%}
    {{ return(
        'case when ' ~ time ~ ' <= ' ~ intervals[half - 1][1] ~ ' then ' ~ segctl.lies_in_any(time, intervals[:half])
        ~ ' else ' ~ segctl.lies_in_any(time, intervals[half:]) ~ ' end'
    ) }}
{%- endmacro %}
