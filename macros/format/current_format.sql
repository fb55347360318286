{#- The number of the format in which this version records runs. It is raised with each change of a recorded table and
    of how causes are decided. Its step is `format_<number>`; docs/design.md lists what belongs to one. -#}
{% macro current_format() %}
    {{ return(2) }}
{% endmacro %}
