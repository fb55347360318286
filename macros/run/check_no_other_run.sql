{#- Stops a run when another one interfered: a later run has finished, the last finished run is no longer the one that
    this run began with, or what this run wrote (`written`: after run_sizes) has been replaced. -#}
{% macro check_no_other_run(written=false) %}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- set last = segctl.last_finished_run(or_at=true) -%}
        {%- set since = segctl.since_last_run(refresh=true) -%}
        {%- set begun -%}
            select count(*) as sources
            from {{ segctl.existing_relation('run_sources') }}
            where run_id = {{ segctl.run_id() }} and previous_as_of = {{ since }}
        {%- endset -%}
        {%- set sizes -%}
            select
                sum(case when run_id = {{ segctl.run_id() }} then 1 else 0 end) as own,
                count(*) as later
            from {{ segctl.existing_relation('run_sizes') }}
            where as_of > {{ since }}
        {%- endset -%}
        {%- set counted = segctl.query_rows(sizes)[0] if written else none -%}
        {%- if (last and last > segctl.as_of_instant())
            or run_query(begun).columns[0][0] == 0
            or (counted and counted['later'] > 0 and counted['own'] != counted['later']) -%}
            {%- do segctl.refuse(
                'concurrent-run',
                "another run has begun or finished while this one, as of " ~ segctl.as_of_instant() ~ " UTC, was under way"
            ) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
