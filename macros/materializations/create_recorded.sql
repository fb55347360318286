{#- A statement that creates a `recorded` table with the rows of a query. dbt's own macro would apply the root project's
    settings for tables (`unlogged`, `transient`, an expiration), none of which suits a history. -#}
{% macro create_recorded(target, query) -%}
    {{ return(adapter.dispatch('create_recorded', 'segctl')(target, query)) }}
{%- endmacro %}

{% macro default__create_recorded(target, query) -%}
    create table {{ target }}
    {{ segctl.table_options() }}
    as
    {{ query }}
{%- endmacro %}
