{#- Marks a finished run as unfinished when its repetition changes anything, until it has finished again. If the
    repetition is interrupted, the next run would otherwise take its changes as already evaluated. `target` is the table
    that changes. Figures of sources do not count: they are compared only with those of the last run. -#}
{% macro reopen_run(target) %}
    {%- set runs = segctl.existing_relation('segment_runs') -%}
    {%- if runs and runs.identifier | lower != target.identifier | lower and not segctl.guards_sources() -%}
        {% call statement('reopen_run') -%}
            delete from {{ runs }}
            where as_of >= {{ segctl.as_of() }}
        {%- endcall %}
    {%- endif -%}
{% endmacro %}
