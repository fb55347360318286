{#- A statement that makes a table which is `recorded`, with the rows of a query. -#}
{% macro create_recorded(target, query) -%}
    {{ return(adapter.dispatch('create_recorded', 'segctl')(target, query)) }}
{%- endmacro %}

{% macro default__create_recorded(target, query) -%}
    {{ get_create_table_as_sql(False, target, query) }}
{%- endmacro %}

{#- A merge then writes what has changed, and leaves the files with the rest alone until they are compacted. -#}
{% macro spark__create_recorded(target, query) -%}
    create table {{ target }}
    using {{ segctl.table_format() }}
    tblproperties (
        'format-version' = '2',
        'write.delete.mode' = 'merge-on-read',
        'write.merge.mode' = 'merge-on-read',
        'write.update.mode' = 'merge-on-read'
    )
    as
    {{ query }}
{%- endmacro %}
