{#- A statement to run before a query over much of our tables, until the end of its transaction; empty where the engine needs
    none. -#}
{% macro prefer_hash_joins() -%}
    {{ return(adapter.dispatch('prefer_hash_joins', 'segctl')()) }}
{%- endmacro %}

{% macro default__prefer_hash_joins() -%}
{%- endmacro %}

{#- What was written a moment ago, or is computed in the query itself, PostgreSQL has no statistics of: it takes one row in two
    hundred to be NULL, and joins by nested loops what is not few: more than eight minutes for the proposals of 60 segments
    and 2,500 customers, which take 0.6 s by hash joins. And it would compile each of some hundred expressions to machine code
    first: 12 s a run against 4 s on little data. -#}
{% macro postgres__prefer_hash_joins() -%}
    set local enable_nestloop = off; set local jit = off
{%- endmacro %}

{#- Afterwards: few rows are looked up by an index again, in a table that the planner knows. -#}
{% macro allow_all_joins(changed) %}
    {%- do adapter.dispatch('allow_all_joins', 'segctl')(changed) -%}
{% endmacro %}

{% macro default__allow_all_joins(changed) %}
{% endmacro %}

{% macro postgres__allow_all_joins(changed) %}
    {%- do run_query('set local enable_nestloop = on') -%}
    {%- do run_query('analyze ' ~ changed) -%}
{% endmacro %}

{#- Redshift is not PostgreSQL here: it has no such settings, and analyzes tables by itself. -#}
{% macro redshift__prefer_hash_joins() -%}
{%- endmacro %}

{#- See above. -#}
{% macro redshift__allow_all_joins(changed) %}
{% endmacro %}
