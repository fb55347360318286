{#- A statement to run before a query over much of our tables, in effect until the end of its transaction; empty where
    the engine needs none. -#}
{% macro prefer_hash_joins() -%}
    {{ return(adapter.dispatch('prefer_hash_joins', 'segctl')()) }}
{%- endmacro %}

{% macro default__prefer_hash_joins() -%}
{%- endmacro %}

{#- PostgreSQL has no statistics for rows written a moment ago or computed in the query. It assumes that one row in two
    hundred is NULL, and joins many rows by nested loops: the proposals of 60 segments and 2,500 customers took more
    than eight minutes, and take 0.6 s with hash joins. It would also compile each of some hundred expressions to
    machine code: 12 s a run against 4 s on little data. -#}
{% macro postgres__prefer_hash_joins() -%}
    set local enable_nestloop = off; set local jit = off
{%- endmacro %}

{#- Afterwards: allows index look-ups of few rows again, in a table that the planner knows. -#}
{% macro allow_all_joins(changed) %}
    {%- do adapter.dispatch('allow_all_joins', 'segctl')(changed) -%}
{% endmacro %}

{% macro default__allow_all_joins(changed) %}
{% endmacro %}

{% macro postgres__allow_all_joins(changed) %}
    {%- do run_query('set local enable_nestloop = on') -%}
    {%- do run_query('analyze ' ~ changed) -%}
{% endmacro %}

{#- Redshift differs from PostgreSQL: it has no such settings, and analyzes tables by itself. -#}
{% macro redshift__prefer_hash_joins() -%}
{%- endmacro %}

{#- See above. -#}
{% macro redshift__allow_all_joins(changed) %}
{% endmacro %}
