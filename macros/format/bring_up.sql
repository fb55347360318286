{#- Brings the tables of an earlier version up to the format of this one, step by step. A step and its number are one
    transaction where the engine has them; elsewhere the number comes last, and a step that was cut off is begun again. -#}
{% macro bring_up() %}
    {%- set found = segctl.check_format() -%}
    {%- set steps = {1: segctl.format_1, 2: segctl.format_2} -%}
    {%- for number in range((segctl.current_format() if found is none else found) + 1, segctl.current_format() + 1) -%}
        {%- if not segctl.own_node('history_format') -%}
            {{ exceptions.raise_compiler_error(
                "the tables are of format " ~ found ~ ", and the models in models/segments are those of an earlier version"
            ) }}
        {%- endif -%}
        {%- set step = steps[number]() -%}
        {%- set statements = step.statements + segctl.numbered(number, step.changes_causes) -%}
        {%- do adapter.dispatch('in_one_transaction', 'segctl')(statements) -%}
        {%- do segctl.know_again(step.renamed, step.views) -%}
        {{ log("segctl: the tables have been brought up to format " ~ number, info=true) }}
    {%- endfor -%}
{% endmacro %}

{#- The statements that record the number of a format, with the last run that finished before. -#}
{% macro numbered(number, changes_causes) %}
    {%- set table = segctl.own_node('history_format').relation_name -%}
    {%- set runs = segctl.own_relation('segment_runs') -%}
    {%- set row -%}
        select
            cast({{ number }} as bigint) as format_number,
            cast({{ '(select max(as_of) from ' ~ runs ~ ')' if runs else 'null' }} as {{ segctl.timestamp_type() }}) as former_as_of,
            {{ segctl.timestamp_of(segctl.invoked_at()) }} as brought_up_at,
            {{ 'true' if changes_causes else 'false' }} as changes_causes
    {%- endset -%}
    {%- if segctl.own_relation('history_format') -%}
        {{ return(['insert into ' ~ table ~ ' (format_number, former_as_of, brought_up_at, changes_causes) ' ~ row]) }}
    {%- endif -%}
    {{ return(['create table ' ~ table ~ ' ' ~ segctl.table_options() ~ ' as ' ~ row]) }}
{% endmacro %}

{#- Tells dbt, which has looked around before, what a step has renamed and which views it has made. -#}
{% macro know_again(renamed, views) %}
    {%- for old, new in renamed -%}
        {%- do adapter.cache_renamed(old, new) -%}
    {%- endfor -%}
    {%- for view in views -%}
        {%- do adapter.cache_added(view) -%}
    {%- endfor -%}
    {%- set node = segctl.own_node('history_format') -%}
    {%- if not segctl.own_relation('history_format') -%}
        {%- do adapter.cache_added(api.Relation.create(
            database=node.database, schema=node.schema, identifier=node.alias, type='table'
        )) -%}
    {%- endif -%}
{% endmacro %}
