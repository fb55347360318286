{#- What stands after a step of a query that several later ones read; nothing where the engine computes such a step once. -#}
{% macro shared(step) -%}
    {{ return(adapter.dispatch('shared', 'segctl')(step)) }}
{%- endmacro %}

{% macro default__shared(step) -%}
    {{ return('') }}
{%- endmacro %}

{#- Spark puts the whole step in the place of each name of it. -#}
{% macro spark__shared(step) -%}
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
        {% call statement('shared_step') -%}
        create or replace table {{ kept }}
        using {{ segctl.table_format() }}
        as
        {{ before }}
        select * from {{ step }}
        {%- endcall %}
        {%- set earlier = before.rsplit('\n' ~ step ~ ' as (', 1)[0] -%}
        {%- set text.sql = earlier ~ '\n' ~ step ~ ' as (\n    select * from ' ~ kept ~ '\n),\n' ~ rest -%}
    {%- endfor -%}
    {{ return(text.sql) }}
{% endmacro %}

{% macro table_of_step(target, step) %}
    {{ return(target.incorporate(path={'identifier': target.identifier ~ '__' ~ step})) }}
{% endmacro %}

{#- Drops the tables of shared steps. -#}
{% macro let_go_of_shared_steps(target, query) %}
    {%- for part in query.split('-- shared: ')[1:] -%}
        {%- do segctl.let_go(segctl.table_of_step(target, part.split('\n', 1)[0] | trim)) -%}
    {%- endfor -%}
{% endmacro %}
