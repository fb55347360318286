{#- The step to format 1. Before it, runs wrote segment_history, segment_sizes and segment_definitions, which are now
    views of segment_stays, run_sizes and definition_versions, and columns were missing. What is unknown about the past
    is NULL. -#}
{% macro format_1() %}
    {%- set moves = {'segment_sizes': 'run_sizes', 'segment_definitions': 'definition_versions'} -%}
    {%- for node in segctl.segment_models() if node.name.endswith('segment_stays') -%}
        {%- do moves.update({node.name.removesuffix('segment_stays') ~ 'segment_history': node.name}) -%}
    {%- endfor -%}
    {%- set step = {'statements': [], 'renamed': [], 'views': [], 'changes_causes': true} -%}
    {%- set tables = {} -%}
    {%- for old, new in moves.items() -%}
        {%- set former = segctl.existing_relation(old) -%}
        {%- if former and former.is_table -%}
            {%- set node = segctl.segment_model(new) -%}
            {%- set renamed = former.incorporate(path={'identifier': node.alias}) -%}
            {%- do step.statements.append('alter table ' ~ former ~ ' rename to ' ~ adapter.quote(node.alias)) -%}
            {%- do step.renamed.append((former, renamed)) -%}
            {%- do tables.update({new: former}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for name, columns in segctl.columns_of_format_1().items() -%}
        {%- set relation = tables.get(name) or segctl.existing_relation(name) -%}
        {%- if relation -%}
            {%- set table = segctl.segment_model(name).relation_name -%}
            {%- set known = segctl.column_types(relation) -%}
            {%- for column, added in columns.items() if column not in known -%}
                {%- do step.statements.append('alter table ' ~ table ~ ' add column ' ~ column ~ ' ' ~ added[0]) -%}
            {%- endfor -%}
            {%- for column, added in columns.items() if added[1] -%}
                {%- do step.statements.append(
                    'update ' ~ table ~ ' set ' ~ column ~ ' = ' ~ added[1] ~ ' where ' ~ column ~ ' is null'
                ) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for former, renamed in step.renamed -%}
        {#- Until the run replaces the view, readers find what they found before. -#}
        {%- do step.statements.append('create view ' ~ former ~ ' as select * from ' ~ renamed) -%}
        {%- do step.views.append(former.incorporate(type='view')) -%}
    {%- endfor -%}
    {{ return(step) }}
{% endmacro %}

{#- The columns that were added later, by table: their types, and the value for rows from before (none: NULL). -#}
{% macro columns_of_format_1() %}
    {%- set text = dbt.type_string() -%}
    {{ return({
        'segment_runs': {
            'git_commit': (text, none), 'held_count': ('bigint', '0'), 'allowed': (text, "''"), 'features_hash': (text, none)
        },
        'run_sizes': {
            'erased_count': ('bigint', '0'), 'held_by': (text, none), 'held_joins': ('bigint', none),
            'held_leaves': ('bigint', none)
        },
        'definition_versions': {
            'exclusive_group': (text, none), 'formerly': (text, "''"), 'replayable': (text, none),
            'changing_attributes': (text, none), 'git_commit': (text, none)
        },
        'run_sources': {'previous_as_of': (segctl.timestamp_type(), none)}
    }) }}
{% endmacro %}
