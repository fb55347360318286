{#- What stands after a step of a query that is to be computed before the later ones are planned; nothing where the engine
    needs no help. -#}
{% macro shared(step) -%}
    {{ return(adapter.dispatch('shared', 'segctl')(step)) }}
{%- endmacro %}

{% macro default__shared(step) -%}
    {{ return('') }}
{%- endmacro %}

{#- The same for a step that is read more than once only where there are rows to compare with. -#}
{% macro shared_by_differences(step) -%}
    {{ return(segctl.shared(step) if segctl.is_recorded() else '') }}
{%- endmacro %}

{#- Spark puts the whole step in the place of each name of it. -#}
{% macro spark__shared(step) -%}
    {{ return('-- shared: ' ~ step) }}
{%- endmacro %}

{#- PostgreSQL takes each of several joins with what the query itself computes to multiply the rows: for eight ranks of
    100,000 customers it expects 10^22, and then does the rest in a way that does not end. -#}
{% macro postgres__shared(step) -%}
    {{ return('-- shared: ' ~ step) }}
{%- endmacro %}

{#- Redshift is not PostgreSQL here: it expects no such numbers. -#}
{% macro redshift__shared(step) -%}
    {{ return('') }}
{%- endmacro %}

{#- The same for a step of keys that many others look up. -#}
{% macro looked_up(step) -%}
    {{ return(adapter.dispatch('looked_up', 'segctl')(step)) }}
{%- endmacro %}

{% macro default__looked_up(step) -%}
    {{ return(segctl.shared(step)) }}
{%- endmacro %}

{#- DuckDB would find the keys once for each. -#}
{% macro duckdb__looked_up(step) -%}
    {{ return('-- shared: ' ~ step) }}
{%- endmacro %}

{#- The query with each shared step read from a table of its own, which is made here. -#}
{% macro with_shared_steps_kept(target, query) %}
    {%- set parts = query.split('-- shared: ') -%}
    {%- set text = namespace(sql=parts[0]) -%}
    {%- for part in parts[1:] -%}
        {%- set line, rest = part.split('\n', 1) -%}
        {%- set step = line | trim -%}
        {%- set kept = segctl.table_of_step(target, step) -%}
        {%- set before = text.sql.rstrip().removesuffix(',') -%}
        {%- do segctl.keep_step(kept, before ~ '\nselect * from ' ~ step) -%}
        {%- set earlier = before.rsplit('\n' ~ step ~ ' as (', 1)[0] -%}
        {%- set text.sql = earlier ~ '\n' ~ step ~ ' as (\n    select * from ' ~ kept ~ '\n),\n' ~ rest -%}
    {%- endfor -%}
    {{ return(text.sql) }}
{% endmacro %}

{% macro table_of_step(target, step) %}
    {{ return(adapter.dispatch('table_of_step', 'segctl')(target, target.identifier ~ '__' ~ step)) }}
{% endmacro %}

{% macro default__table_of_step(target, name) %}
    {{ return(target.incorporate(path={'identifier': name})) }}
{% endmacro %}

{% macro postgres__table_of_step(target, name) %}
    {{ return(target.incorporate(path={'database': none, 'schema': none, 'identifier': name})) }}
{% endmacro %}

{% macro duckdb__table_of_step(target, name) %}
    {{ return(segctl.postgres__table_of_step(target, name)) }}
{% endmacro %}

{#- Makes the table of a shared step. -#}
{% macro keep_step(kept, query) %}
    {%- do adapter.dispatch('keep_step', 'segctl')(kept, query) -%}
{% endmacro %}

{% macro default__keep_step(kept, query) %}
    {% call statement('shared_step') -%}
    create or replace table {{ kept }}
    using {{ segctl.table_format() }}
    as
    {{ query }}
    {%- endcall %}
{% endmacro %}

{% macro duckdb__keep_step(kept, query) %}
    {% call statement('shared_step') -%}
    create or replace temporary table {{ kept }} as (
    {{ query }}
    )
    {%- endcall %}
{% endmacro %}

{% macro postgres__keep_step(kept, query) %}
    {% call statement('shared_step') -%}
    create temporary table {{ kept }} on commit drop as (
    {{ query }}
    );
    analyze {{ kept }}
    {%- endcall %}
{% endmacro %}

{#- Drops the tables of shared steps. -#}
{% macro let_go_of_shared_steps(target, query) %}
    {%- for part in query.split('-- shared: ')[1:] -%}
        {%- do segctl.let_go(segctl.table_of_step(target, part.split('\n', 1)[0] | trim)) -%}
    {%- endfor -%}
{% endmacro %}
