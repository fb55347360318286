{#- The condition that a time lies between two boundaries in either order. When a clock is set back, the later run may
    have the earlier boundary. Both are literals of one form. -#}
{% macro lies_between(time, first, second) -%}
    {%- set boundaries = [first | trim, second | trim] | sort -%}
    {{ time }} between {{ boundaries[0] }} and {{ boundaries[1] }}
{%- endmacro %}
