{#- Begins a step whose columns later steps read more than once, so that they stay columns and their expressions are not
    repeated. -#}
{% macro step_apart() -%}
    {{ return(adapter.dispatch('step_apart', 'segctl')()) }}
{%- endmacro %}

{% macro default__step_apart() -%}
    {{ return('') }}
{%- endmacro %}

{#- PostgreSQL replaces each mention of a step's column by its expression: twenty steps with two mentions each are a
    million expressions. It does not look into a step within a step, and still reads only the rows that a later
    condition asks for, unlike with `offset 0` or a materialized step. -#}
{% macro postgres__step_apart() -%}
    {{ return('with apart as (select 1)') }}
{%- endmacro %}
