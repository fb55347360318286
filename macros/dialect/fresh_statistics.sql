{#- A statement to run after a table has been written that much is read from at once; empty where the engine needs none. -#}
{% macro fresh_statistics() -%}
    {{ return(adapter.dispatch('fresh_statistics', 'segctl')()) }}
{%- endmacro %}

{% macro default__fresh_statistics() -%}
{%- endmacro %}

{#- Of a table that it knows nothing of, PostgreSQL takes one row in two hundred to be NULL where asked for `left_at is null` or
    `deleted_at is null`, and joins by nested loops: minutes for a test that takes a second with statistics, at 45,000 stays. -#}
{% macro postgres__fresh_statistics() -%}
    analyze {{ this }}
{%- endmacro %}

{#- Redshift is not PostgreSQL here: it analyzes tables by itself. -#}
{% macro redshift__fresh_statistics() -%}
{%- endmacro %}
