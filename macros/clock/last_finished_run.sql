{#- The instant of the last finished run before this one (`or_at`: before or at), as a naive datetime in UTC; none when
    there is none. -#}
{% macro last_finished_run(or_at=false) %}
    {%- set runs = segctl.own_relation('segment_runs') -%}
    {%- if not runs -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set until = '' if or_at else ' where as_of < ' ~ segctl.as_of() -%}
    {%- set found = run_query('select ' ~ segctl.timestamp_text('max(as_of)') ~ ' as as_of from ' ~ runs ~ until).columns[0][0] -%}
    {{ return(modules.datetime.datetime.fromisoformat(found) if found else none) }}
{% endmacro %}
