{#- A statement that makes a table which is `recorded`, with the rows of a query. -#}
{% macro create_recorded(target, query) -%}
    {{ return(adapter.dispatch('create_recorded', 'segctl')(target, query)) }}
{%- endmacro %}

{% macro default__create_recorded(target, query) -%}
    {{ get_create_table_as_sql(False, target, segctl.with_shared_steps_kept(target, query)) }}
{%- endmacro %}

{% macro spark__create_recorded(target, query) -%}
    {%- set kept = segctl.with_shared_steps_kept(target, query) -%}
    create table {{ target }}
    {{ segctl.table_options() }}
    as
    {{ kept }}
{%- endmacro %}
