{#- Changes a table as the query of its differences says: one merge statement that deletes the rows marked `is_cancelled`,
    updates those that exist and inserts the others, so that readers see all of it or nothing.
    When anything changes, a run of the same instant that has finished before counts as unfinished until this one has finished:
    if it is cut short, the next run would take what changed for something that the finished one has looked at. -#}
{% macro apply_differences(target, query, keys) %}
    {%- set difference = segctl.kept_difference(target, query) -%}
    {%- if not difference -%}
        {{ return('') }}
    {%- endif -%}
    {%- if config.get('guards_sources') -%}
        {%- do segctl.check_sources(difference, target) -%}
    {%- endif -%}
    {%- do process_schema_changes(config.get('on_schema_change', 'ignore'), difference, target) -%}
    {%- set columns = adapter.get_columns_in_relation(target) | map(attribute='name') | map('lower') | list -%}
    {%- set told = adapter.get_columns_in_relation(difference) | map(attribute='name') | map('lower') | list -%}
    {%- set runs = segctl.own_relation('segment_runs') -%}
    {%- if runs and runs.identifier != target.identifier and not config.get('guards_sources') -%}
        {% call statement('reopen_run') -%}
            delete from {{ runs }}
            where
                as_of >= {{ segctl.as_of() }}
                and exists (select 1 from {{ difference }})
        {%- endcall %}
    {%- endif -%}
    {% call statement('merge') -%}
    merge into {{ target }} as present
    using {{ difference }} as change
        on
            {%- for key in keys %}
            {{ 'and ' if not loop.first }}present.{{ key }} = change.{{ key }}
            {%- endfor %}
    {%- if 'is_cancelled' in told %}
    when matched and change.is_cancelled then delete
    {%- endif %}
    when matched then update set
        {%- for column in columns %}
        {{ column }} = change.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    when not matched then insert ({{ columns | join(', ') }})
    values (
        {%- for column in columns %}
        change.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
    {%- endcall %}
    {%- do segctl.let_go(difference) -%}
{% endmacro %}
