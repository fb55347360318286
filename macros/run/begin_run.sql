{#- Like `as_of`, for the first model of a run: stops when the instant is before that of the last finished run, since a
    history cannot be continued from its middle. -#}
{% macro begin_run() %}
    {%- if execute -%}
        {%- do segctl.check_session_time_zone() -%}
        {%- set known = segctl.invocation_cache() -%}
        {%- if flags.WHICH in ('build', 'run') and 'sound_settings' not in known -%}
            {%- do segctl.check_settings() -%}
            {%- do known.update({'sound_settings': true}) -%}
        {%- endif -%}
    {%- endif -%}
    {%- set last = segctl.last_finished_run(or_at=true) -%}
    {%- if last and segctl.as_of_instant() < last -%}
        {%- do segctl.refuse(
            'as-of-before-last-run',
            "this run is as of " ~ segctl.as_of_instant() ~ " UTC, before the last finished run, as of " ~ last ~ " UTC"
        ) -%}
    {%- endif -%}
    {{ return(segctl.as_of()) }}
{% endmacro %}
