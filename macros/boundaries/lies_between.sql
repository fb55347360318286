{#- The condition that a time lies between two boundaries, literals of one form, whichever comes first: where a clock is put
    back, the later run may have the earlier one. -#}
{% macro lies_between(time, one, other) -%}
    {%- set boundaries = [one | trim, other | trim] | sort -%}
    {{ time }} between {{ boundaries[0] }} and {{ boundaries[1] }}
{%- endmacro %}
