{#- A statement that makes a table which is `recorded`, with the rows of a query. Not by dbt's own macro, which would heed what
    the root project asks of its tables (`unlogged`, `transient`, an expiration): none of that is for a history. -#}
{% macro create_recorded(target, query) -%}
    {{ return(adapter.dispatch('create_recorded', 'segctl')(target, query)) }}
{%- endmacro %}

{% macro default__create_recorded(target, query) -%}
    create table {{ target }}
    {{ segctl.table_options() }}
    as
    {{ query }}
{%- endmacro %}
