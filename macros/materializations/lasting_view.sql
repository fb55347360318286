{#- A view that is replaced in place. dbt's own drops and makes anew on some engines, and with it every view on it: for a
    moment, or after a run that died, readers would find nothing. Made anew only when its columns change otherwise than by
    more of them at the end, which no engine replaces in place.
    A table in its place is left alone: it may be what an earlier version recorded. -#}
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

{#- A view that is all that a role may read (`barrier` in its meta) shows it no other row: without the option a function of
    theirs in a condition could be asked about rows before they are left out. -#}
{% macro postgres__replace_view(target, query) -%}
    create or replace view {{ target }}
    {%- if (config.get('meta') or {}).get('barrier') %} with (security_barrier = true){% endif %} as (
    {{ query }}
    )
{%- endmacro %}

{#- Redshift is not PostgreSQL here: it has no such option. -#}
{% macro redshift__replace_view(target, query) -%}
    {{ segctl.default__replace_view(target, query) }}
{%- endmacro %}

{#- In Trino no query that begins with `with` stands in brackets there. -#}
{% macro trino__replace_view(target, query) -%}
    create or replace view {{ target }} as
    {{ query }}
{%- endmacro %}
