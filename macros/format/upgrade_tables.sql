{#- Upgrades the tables of an earlier version to the current format, step by step, and creates missing `kept_tables`.
    Where nothing is recorded yet, only a beginning run does so (`for_run`). A step and its number are one transaction
    where the engine has them. Elsewhere the number comes last, and an interrupted step is repeated. -#}
{% macro upgrade_tables(for_run=false) %}
    {%- set recorded = segctl.check_format() -%}
    {%- if recorded is none and not for_run -%}
        {{ return('') }}
    {%- endif -%}
    {%- do segctl.check_kept_tables(recorded) -%}
    {#- A format without a number gets one in its step. -#}
    {%- do segctl.make_kept_tables(but=['history_format'] if recorded == 0 else []) -%}
    {%- set steps = {1: segctl.format_1, 2: segctl.format_2} -%}
    {%- for number in range((segctl.current_format() if recorded is none else recorded) + 1, segctl.current_format() + 1) -%}
        {%- set step = steps[number]() -%}
        {%- set statements = step.statements + segctl.record_format(number, step.changes_causes) -%}
        {%- do adapter.dispatch('in_one_transaction', 'segctl')(statements) -%}
        {%- do segctl.register_renames(step.renamed, step.views) -%}
        {{ log("segctl: the tables have been brought up to format " ~ number, info=true) }}
    {%- endfor -%}
{% endmacro %}

{#- The statements that record the number of a format, with the last run that finished before. -#}
{% macro record_format(number, changes_causes) %}
    {%- set table = segctl.model_relation('history_format') -%}
    {%- set runs = segctl.existing_relation('segment_runs') -%}
    {%- set row = segctl.format_row(number, '(select max(as_of) from ' ~ runs ~ ')' if runs else none, changes_causes) -%}
    {%- if segctl.existing_relation('history_format') -%}
        {{ return(['insert into ' ~ table ~ ' (format_number, former_as_of, brought_up_at, changes_causes) ' ~ row]) }}
    {%- endif -%}
    {{ return([segctl.create_recorded(table, row)]) }}
{% endmacro %}

{#- Adds a table that a macro has created to dbt's cache, as one of dbt's own, whose name is found in whatever case the
    engine keeps it. -#}
{% macro register_table(table) %}
    {%- do adapter.cache_added(table.incorporate(dbt_created=true)) -%}
{% endmacro %}

{#- Updates dbt's cache for the tables that a step has renamed and the views that it has created. -#}
{% macro register_renames(renamed, views) %}
    {%- for old, new in renamed -%}
        {%- do adapter.cache_renamed(old, new) -%}
    {%- endfor -%}
    {%- for view in views -%}
        {%- do adapter.cache_added(view) -%}
    {%- endfor -%}
    {%- if not segctl.existing_relation('history_format') -%}
        {%- do segctl.register_table(segctl.model_relation('history_format')) -%}
    {%- endif -%}
{% endmacro %}
