{#- A table that runs keep a record in: its query asks `differences` what has to change in the table, and all of that is
    changed at once. dbt's own `incremental` takes a strategy of ours in models of this package only, and on Spark none.
    When anything changes, a run of the same instant that has finished before counts as unfinished until this one has finished.
    Without a `unique_key` a run only makes the table. A full refresh leaves it alone: it is the memory of what was. -#}
{% materialization recorded, default %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set keys = config.get('unique_key') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing and existing.is_view -%}
        {{ exceptions.raise_compiler_error(
            existing.identifier ~ " is a view, and a table of that name is to be made: it is not dropped"
        ) }}
    {%- elif not existing -%}
        {% call statement('main') -%}
            {{ get_create_table_as_sql(False, target, sql) }}
        {%- endcall %}
        {%- do create_indexes(target) -%}
    {%- elif keys -%}
        {%- do segctl.apply_differences(target, sql, keys) -%}
    {%- else -%}
        {% call statement('main') %}select 1{% endcall %}
    {%- endif -%}
    {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, false)) -%}
    {%- do persist_docs(target, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
