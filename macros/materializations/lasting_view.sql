{#- A view that is replaced in place. dbt's own drops and recreates it on some engines, with every view on it: for a
    moment, or after an interrupted run, readers would find nothing. It is recreated only when columns change other than
    by additions at the end, which no engine replaces in place. A table of the same name is left alone: an earlier
    version may have recorded it. -#}
{% materialization lasting_view, default %}
    {%- set target = this.incorporate(type='view') -%}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing and not existing.is_view -%}
        {%- do segctl.refuse(
            'table-in-the-way',
            existing.identifier ~ " is a table, and a view of that name is to be made: it is not dropped"
        ) -%}
    {%- endif -%}
    {%- if existing and segctl.is_view_of(existing, sql) -%}
        {% call statement('main') %}select 1{% endcall %}
    {%- else -%}
        {%- if existing and not segctl.is_replaced_in_place(existing, sql) -%}
            {%- do adapter.drop_relation(existing) -%}
        {%- endif -%}
        {% call statement('main') -%}
            {{ adapter.dispatch('replace_view', 'segctl')(target, sql) }}
        {%- endcall %}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do apply_grants(target, config.get('grants'), should_revoke=true) -%}
    {%- do persist_docs(target, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{% macro default__replace_view(target, query) -%}
    create or replace view {{ target }} as (
    {{ query }}
    )
{%- endmacro %}

{#- A view that is all that a role may read (`barrier` in its meta) must not leak other rows. Without the option, a
    function in a condition of theirs could see rows before they are filtered out. -#}
{% macro postgres__replace_view(target, query) -%}
    create or replace view {{ target }}
    {%- if (config.get('meta') or {}).get('barrier') %} with (security_barrier = true){% endif %} as (
    {{ query }}
    )
{%- endmacro %}

{#- Redshift differs from PostgreSQL: it has no such option. -#}
{% macro redshift__replace_view(target, query) -%}
    {{ segctl.default__replace_view(target, query) }}
{%- endmacro %}

{#- Trino does not accept brackets around a query that begins with `with`. -#}
{% macro trino__replace_view(target, query) -%}
    create or replace view {{ target }} as
    {{ query }}
{%- endmacro %}
