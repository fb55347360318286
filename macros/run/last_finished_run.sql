{#- The instant of the last finished run before this one, as a naive datetime in UTC; none without one. With `or_at` it
    may be at the same instant. All models of an invocation use one answer; `refresh` queries again. -#}
{% macro last_finished_run(or_at=false, refresh=false) %}
    {%- set known = {} if or_at or refresh else segctl.invocation_cache() -%}
    {%- if 'last_run' not in known -%}
        {%- set runs = segctl.existing_relation('segment_runs') -%}
        {%- set until = '' if or_at else ' where as_of < ' ~ segctl.as_of() -%}
        {%- set query = 'select ' ~ segctl.timestamp_text('max(as_of)') ~ ' as as_of from ' ~ runs ~ until -%}
        {%- set last_run = run_query(query).columns[0][0] if runs else none -%}
        {%- do known.update({'last_run': modules.datetime.datetime.fromisoformat(last_run) if last_run else none}) -%}
    {%- endif -%}
    {{ return(known['last_run']) }}
{% endmacro %}
