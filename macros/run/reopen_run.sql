{#- When a run is repeated and changes anything, it counts as unfinished until it has finished again: if it is cut short, the
    next run would take what changed for something that the finished one has looked at. `target` is the table that changes.
    Figures of sources are compared with those of the last run only. -#}
{% macro reopen_run(target) %}
    {%- set runs = segctl.existing_relation('segment_runs') -%}
    {%- if runs and runs.identifier | lower != target.identifier | lower and not segctl.guards_sources() -%}
        {% call statement('reopen_run') -%}
            delete from {{ runs }}
            where as_of >= {{ segctl.as_of() }}
        {%- endcall %}
    {%- endif -%}
{% endmacro %}
