{#- For `dbt run-operation`: drops our tables and views, in one transaction where the engine has them. The list of
    erased people (`erased_members`) stays. Nothing else of ours drops a table that holds a history. -#}
{% macro reset_history() %}
    {%- set views, tables = [], [] -%}
    {%- set recorded = segctl.recorded_models() -%}
    {%- for node in segctl.segment_models() if node in recorded or node.config.materialized != 'ephemeral' -%}
        {%- set relation = segctl.existing_relation(node.name) -%}
        {%- if relation and node.name != 'erased_members' -%}
            {%- do (views if relation.is_view else tables).append(relation) -%}
        {%- endif -%}
    {%- endfor -%}
    {#- segment_runs goes first: where each statement is a transaction of its own, readers then see no run. -#}
    {%- set statements = adapter.dispatch('drop_all', 'segctl')('table', tables | sort(attribute='identifier', reverse=true)) -%}
    {%- set before = adapter.dispatch('drop_all', 'segctl')('view', views) -%}
    {%- if before + statements -%}
        {#- The look-up of relations has begun a transaction. -#}
        {%- do adapter.commit() -%}
        {%- do adapter.dispatch('in_one_transaction', 'segctl')(before + statements) -%}
    {%- endif -%}
{% endmacro %}

{#- Statements that drop relations of one kind. -#}
{% macro default__drop_all(kind, relations) %}
    {%- set statements = [] -%}
    {%- for relation in relations -%}
        {%- do statements.append('drop ' ~ kind ~ ' ' ~ relation) -%}
    {%- endfor -%}
    {{ return(statements) }}
{% endmacro %}

{#- PostgreSQL drops no relation that another one reads, unless one statement names both. A view of someone else stops
    it. -#}
{% macro postgres__drop_all(kind, relations) %}
    {{ return(['drop ' ~ kind ~ ' ' ~ relations | join(', ')] if relations else []) }}
{% endmacro %}
