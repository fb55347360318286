{#- Changes a table as the query of its differences says: one merge statement that deletes the rows marked `is_cancelled`,
    updates those that exist and inserts the others, so that readers see all of it or nothing. -#}
{% macro apply_differences(target, query, keys) %}
    {%- set difference = make_temp_relation(target) -%}
    {%- set columns = adapter.get_columns_in_relation(target) | map(attribute='name') | map('lower') | list -%}
    {%- do run_query(get_create_table_as_sql(True, difference, query)) -%}
    {%- set runs = segctl.own_relation('segment_runs') -%}
    {%- if runs and runs.identifier != target.identifier -%}
        {% call statement('reopen_run') -%}
            delete from {{ runs }}
            where
                as_of >= {{ segctl.as_of() }}
                and exists (select 1 from {{ difference }})
        {%- endcall %}
    {%- endif -%}
    {% call statement('main') -%}
    merge into {{ target }} as present
    using {{ difference }} as change
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
    {%- endcall %}
{% endmacro %}
