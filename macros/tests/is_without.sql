{#- Whether no row of a table of ours meets a condition, in `dbt build`. -#}
{% macro is_without(table, condition) %}
    {%- set relation = segctl.own_relation(table) if execute and flags.WHICH == 'build' else none -%}
    {{ return(relation and not segctl.found_rows('select 1 as found from ' ~ relation ~ ' where ' ~ condition ~ ' limit 1')) }}
{% endmacro %}
