{#- A statement to run before a table of features in the transaction that changes it: when a run is repeated, and what it
    computes differs from what stands, it counts as unfinished until it has finished again. Or else, if it is cut short, the
    next run would take what changed for something that the finished one has looked at. Empty in all other runs. -#}
{% macro reopen_run() -%}
    {%- set runs = segctl.own_relation('segment_runs') if execute else none -%}
    {%- if runs and segctl.last_finished_run(or_at=true) == segctl.as_of_instant() -%}
    delete from {{ runs }}
    where
        as_of >= {{ segctl.as_of() }}
        and exists (select 1 from ({{ compiled_code }}) as difference)
    {%- endif -%}
{%- endmacro %}
