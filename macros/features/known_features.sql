{#- The state of a table of features, by default the model's own: `table`, its `columns` with their types, `as_of`, the
    naive UTC instant of the last finished run, and `few_changed`, whether few rows of the tables `seen` have other
    events since. Each of these comes with the column that says so. None when all rows have to be computed: the table or
    a finished run is missing, a run wrote to the table and did not finish, features were computed differently, a column
    is missing, the table cannot hold the `keys` (`drop_outgrown_table`), or this run checks all rows of the source
    `promised`. -#}
{% macro known_features(name=none, keys=[], seen=[], promised=none) %}
    {%- set cache, name = segctl.invocation_cache(), name or model.name -%}
    {%- set fact = 'known_' ~ name -%}
    {%- if keys or seen or promised or fact not in cache -%}
        {%- do cache.update({fact: segctl.find_known_features(name, keys, seen, promised)}) -%}
    {%- endif -%}
    {{ return(cache[fact]) }}
{% endmacro %}

{% macro find_known_features(name, keys, seen, promised) %}
    {%- set node = segctl.segment_model(name) -%}
    {%- set table = segctl.existing_relation(name) if node and not should_full_refresh() else none -%}
    {%- set runs = segctl.existing_relation('segment_runs') if table else none -%}
    {%- if not runs or segctl.evaluates_everybody() or segctl.cannot_hold_keys(table, keys) or segctl.is_checked(promised) -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set columns = segctl.column_types(table) -%}
    {%- if node.columns | reject('in', columns) | list -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set last_row = run_query(
        'select ' ~ segctl.timestamp_text('as_of') ~ ' as as_of from ' ~ runs
        ~ ' where as_of = (select max(as_of) from ' ~ runs ~ ') and features_hash = ' ~ segctl.features_hash()
        ~ ' and not exists (select 1 from ' ~ table ~ ' as features where features.changed_at > ' ~ runs.identifier ~ '.as_of)'
    ).columns[0].values() -%}
    {%- if not last_row -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set as_of = modules.datetime.datetime.fromisoformat(last_row[0]) -%}
    {%- set few = segctl.few_changed(seen, as_of) if seen else true -%}
    {{ return({'table': table, 'columns': columns, 'as_of': as_of, 'few_changed': few}) }}
{% endmacro %}
