{#- Brings the tables of an earlier version up to the format of this one, step by step, and makes those of `kept_tables` that are
    missing; where nothing is recorded, only when a run begins (`for_run`). A step and its number are one transaction where the
    engine has them; elsewhere the number comes last, and a step that was cut off is begun again. -#}
{% macro upgrade_tables(for_run=false) %}
    {%- set found = segctl.check_format() -%}
    {%- if found is none and not for_run -%}
        {{ return('') }}
    {%- endif -%}
    {%- do segctl.check_kept_tables(found) -%}
    {#- A format that has no number yet gets one with its step. -#}
    {%- do segctl.make_kept_tables(but=['history_format'] if found == 0 else []) -%}
    {%- set steps = {1: segctl.format_1, 2: segctl.format_2} -%}
    {%- for number in range((segctl.current_format() if found is none else found) + 1, segctl.current_format() + 1) -%}
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

{#- Tells dbt, which has looked around before, of a table that a macro has made: as one of its own, whose name it finds in whatever
    case an engine keeps it. -#}
{% macro register_table(table) %}
    {%- do adapter.cache_added(table.incorporate(dbt_created=true)) -%}
{% endmacro %}

{#- The same of what a step has renamed, and of the views that it has made. -#}
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
