{#- Whether no row of one of our tables meets a condition, in `dbt build`. -#}
{% macro has_no_row(table, condition) %}
    {%- set relation = segctl.existing_relation(table) if execute and flags.WHICH == 'build' else none -%}
    {{ return(relation and not segctl.query_rows('select 1 as found from ' ~ relation ~ ' where ' ~ condition ~ ' limit 1')) }}
{% endmacro %}
