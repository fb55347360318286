{#- The statements that change the types of columns; `changes` are mappings of table, column and type. -#}
{% macro alter_types(changes) %}
    {{ return(adapter.dispatch('alter_types', 'segctl')(changes)) }}
{% endmacro %}

{% macro default__alter_types(changes) %}
    {%- set statements = [] -%}
    {%- for change in changes -%}
        {%- do statements.append(
            'alter table ' ~ change.table ~ ' alter column ' ~ change.column ~ ' type ' ~ change.type
        ) -%}
    {%- endfor -%}
    {{ return(statements) }}
{% endmacro %}

{#- Trino has another syntax. -#}
{% macro trino__alter_types(changes) %}
    {%- set statements = [] -%}
    {%- for change in changes -%}
        {%- do statements.append(
            'alter table ' ~ change.table ~ ' alter column ' ~ change.column ~ ' set data type ' ~ change.type
        ) -%}
    {%- endfor -%}
    {{ return(statements) }}
{% endmacro %}

{#- BigQuery has the syntax of Trino. -#}
{% macro bigquery__alter_types(changes) %}
    {{ return(segctl.trino__alter_types(changes)) }}
{% endmacro %}

{#- Redshift's views are not in the way when they are created without binding. -#}
{% macro redshift__alter_types(changes) %}
    {{ return(segctl.default__alter_types(changes)) }}
{% endmacro %}

{#- PostgreSQL alters no column that a view reads. -#}
{% macro postgres__alter_types(changes) %}
    {%- set statements = segctl.default__alter_types(changes) -%}
    {%- set error = segctl.with_code('column-not-widened', 'a column that is recorded cannot become wider') -%}
    {{ return(segctl.alter_below_views(changes, statements, error)) }}
{% endmacro %}
