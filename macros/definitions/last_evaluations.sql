{#- Selects, for each segment, the last finished run before this one that published it: segment, since. A run that held
    the segment back does not count. None when no run has finished. -#}
{% macro last_evaluations() %}
    {%- set sizes = segctl.existing_relation('run_sizes') -%}
    {%- set last = segctl.last_finished_run() if execute else none -%}
    {%- if not sizes or not last -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set query -%}
    select
        segment,
        max(as_of) as since
    from {{ sizes }}
    where as_of <= {{ segctl.since_last_run() }} and held_by is null
    group by segment
    {%- endset -%}
    {{ return(query) }}
{% endmacro %}
