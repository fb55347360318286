{#- A statement to run before a model that asks for very many expressions; empty where the engine needs none. -#}
{% macro without_jit() -%}
    {{ return(adapter.dispatch('without_jit', 'segctl')()) }}
{%- endmacro %}

{% macro default__without_jit() -%}
{%- endmacro %}

{#- PostgreSQL would compile each of the expressions to machine code first: 12 s a run against 4 s with some hundred
    features on little data. -#}
{% macro postgres__without_jit() -%}
    set local jit = off
{%- endmacro %}

{#- Redshift is not PostgreSQL here: it always compiles, and has no such setting. -#}
{% macro redshift__without_jit() -%}
{%- endmacro %}
