{#- The incremental strategy `apply_changes`: one merge statement that deletes the rows marked `is_cancelled`, updates
    those that exist and inserts the others. Readers see all of it or nothing. When it changes anything, a run of the
    same instant that has finished before counts as unfinished until this one has finished. -#}
{% macro get_incremental_apply_changes_sql(arg_dict) %}
    {%- set keys = arg_dict['unique_key'] -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='name') | map('lower') | list -%}
    {%- set runs = segctl.own_relation('segment_runs') -%}
    {%- if runs and runs != arg_dict['target_relation'] %}
    delete from {{ runs }}
    where
        as_of >= {{ segctl.as_of() }}
        and exists (select 1 from {{ arg_dict['temp_relation'] }});
    {%- endif %}
    merge into {{ arg_dict['target_relation'] }} as present
    using {{ arg_dict['temp_relation'] }} as change
        on
            {%- for key in keys %}
            {{ 'and ' if not loop.first }}present.{{ key }} = change.{{ key }}
            {%- endfor %}
    when matched and change.is_cancelled then delete
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
{% endmacro %}
