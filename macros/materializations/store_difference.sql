{#- Stores the rows of a query until they have been merged, and returns their relation. -#}
{% macro store_difference(target, query) %}
    {{ return(adapter.dispatch('store_difference', 'segctl')(target, query)) }}
{% endmacro %}

{% macro default__store_difference(target, query) %}
    {%- set difference = make_temp_relation(target) -%}
    {% call statement('main') -%}
        {{ get_create_table_as_sql(True, difference, query) }}
    {%- endcall %}
    {{ return(difference) }}
{% endmacro %}

{#- Spark has no temporary tables. A view would be recomputed by each statement and planned as part of it. -#}
{% macro spark__store_difference(target, query) %}
    {%- set difference = segctl.difference_table(target) -%}
    {% call statement('main') -%}
        create or replace table {{ difference }}
        using {{ segctl.table_format() }}
        as
        {{ query }}
    {%- endcall %}
    {{ return(difference) }}
{% endmacro %}

{#- BigQuery has no temporary tables outside of scripts. -#}
{% macro bigquery__store_difference(target, query) %}
    {%- set difference = segctl.difference_table(target) -%}
    {% call statement('main') -%}
        create or replace table {{ difference }}
        as
        {{ query }}
    {%- endcall %}
    {{ return(difference) }}
{% endmacro %}

{#- Trino has no temporary tables, and not every connector replaces one. -#}
{% macro trino__store_difference(target, query) %}
    {%- set difference = segctl.difference_table(target) -%}
    {%- do segctl.drop_difference(difference) -%}
    {% call statement('main') -%}
        create table {{ difference }}
        as
        {{ query }}
    {%- endcall %}
    {{ return(difference) }}
{% endmacro %}

{#- The table that stores the differences of another, where there are no temporary tables. -#}
{% macro difference_table(target) %}
    {{ return(target.incorporate(path={'identifier': target.identifier ~ '__difference'})) }}
{% endmacro %}

{#- Drops what `store_difference` has stored, where it would stay. -#}
{% macro drop_difference(difference) %}
    {%- do adapter.dispatch('drop_difference', 'segctl')(difference) -%}
{% endmacro %}

{% macro default__drop_difference(difference) %}
{% endmacro %}

{% macro spark__drop_difference(difference) %}
    {% call statement('let_go') %}drop table if exists {{ difference }} purge{% endcall %}
{% endmacro %}

{#- Databricks keeps dropped tables for a week and has no `purge`. -#}
{% macro databricks__drop_difference(difference) %}
    {% call statement('let_go') %}drop table if exists {{ difference }}{% endcall %}
{% endmacro %}

{#- BigQuery has no temporary tables outside of scripts. -#}
{% macro bigquery__drop_difference(difference) %}
    {% call statement('let_go') %}drop table if exists {{ difference }}{% endcall %}
{% endmacro %}

{#- Trino has no temporary tables. -#}
{% macro trino__drop_difference(difference) %}
    {% call statement('let_go') %}drop table if exists {{ difference }}{% endcall %}
{% endmacro %}
