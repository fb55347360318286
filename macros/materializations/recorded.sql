{#- A table that runs keep up to date. Its query selects changes (`differences`, `changed_features`), and all of them
    are applied at once. dbt's own `incremental` cannot delete rows, and accepts a strategy of ours only in this
    package's models and not on Spark. With `guards_sources` in its meta, the rows are figures of sources, which are
    checked before they become part of the table. -#}
{% materialization recorded, default %}
    {%- do segctl.keep_lock_during_build() -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set unique_key = config.get('unique_key') -%}
    {%- set keys = [unique_key] if unique_key is string else unique_key -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing and existing.is_view -%}
        {%- do segctl.refuse(
            'view-in-the-way',
            existing.identifier ~ " is a view, and a table of that name is to be made: it is not dropped"
        ) -%}
    {%- endif -%}
    {%- if existing and should_full_refresh() -%}
        {%- do adapter.drop_relation(existing) -%}
        {%- set existing = none -%}
    {%- endif -%}
    {%- if segctl.prefer_hash_joins() -%}
        {% call statement('by_hash_joins') %}{{ segctl.prefer_hash_joins() }}{% endcall %}
    {%- endif -%}
    {%- if not existing -%}
        {%- do segctl.reopen_run(target) -%}
        {% call statement('main') -%}
            {{ segctl.create_recorded(target, sql) }}
        {%- endcall %}
        {%- do segctl.index_for_lookups(target, keys) -%}
        {%- do segctl.allow_all_joins(target) -%}
        {%- if segctl.guards_sources() -%}
            {%- do segctl.check_sources(target, target) -%}
        {%- endif -%}
    {%- else -%}
        {%- do segctl.apply_differences(target, sql, keys) -%}
    {%- endif -%}
    {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, false)) -%}
    {%- do persist_docs(target, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}
