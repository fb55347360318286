{#- Stops when the tables are of a newer format than this version knows; with `brought_up`, also when they are of an
    older one. -#}
{% macro check_format(brought_up=false) %}
    {%- set recorded = segctl.recorded_format() -%}
    {%- set current = segctl.current_format() -%}
    {%- if recorded is not none and recorded > current -%}
        {%- do segctl.refuse(
            'newer-format',
            "the tables are of format " ~ recorded ~ ", and this version of segctl knows format " ~ current ~ " and earlier ones"
        ) -%}
    {%- endif -%}
    {%- if brought_up and recorded is not none and recorded < current -%}
        {%- do segctl.refuse(
            'older-format',
            "the tables are of format " ~ recorded ~ ", and this version of segctl keeps them in format " ~ current
        ) -%}
    {%- endif -%}
    {{ return(recorded) }}
{% endmacro %}
