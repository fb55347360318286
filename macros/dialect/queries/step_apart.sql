{#- Begins a step of a query whose columns later steps read more than once: there they are columns, not their expressions. -#}
{% macro step_apart() -%}
    {{ return(adapter.dispatch('step_apart', 'segctl')()) }}
{%- endmacro %}

{% macro default__step_apart() -%}
    {{ return('') }}
{%- endmacro %}

{#- PostgreSQL puts the expression of a step's column in the place of each mention of it, so that twenty steps with two
    mentions each are a million expressions. It does not where a step has a step of its own, and still looks only at the rows
    that a later condition asks for, as it does not with `offset 0` or a materialised step. -#}
{% macro postgres__step_apart() -%}
    {{ return('with apart as (select 1)') }}
{%- endmacro %}
