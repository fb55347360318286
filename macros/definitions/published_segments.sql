{#- The segments that a finished run has published, including a run at this instant. A run that held a segment back does
    not count. -#}
{% macro published_segments() %}
    {%- set sizes = segctl.existing_relation('run_sizes') -%}
    {%- set last = segctl.last_finished_run(or_at=true) -%}
    {%- if not sizes or not last -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set query -%}
        select distinct segment
        from {{ sizes }}
        where as_of <= {{ segctl.timestamp_of(last) }} and held_by is null
    {%- endset -%}
    {{ return(run_query(query).columns[0].values() | list) }}
{% endmacro %}
