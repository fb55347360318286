{#- Stops a run whose session would read or write instants in another zone than UTC. -#}
{% macro check_session_time_zone() %}
    {{ return(adapter.dispatch('check_session_time_zone', 'segctl')()) }}
{% endmacro %}

{% macro default__check_session_time_zone() %}
{% endmacro %}

{#- Spark reads a timestamp without a zone in the zone of the session. -#}
{% macro spark__check_session_time_zone() %}
    {%- set zone = run_query('select current_timezone()').columns[0][0] -%}
    {%- if zone not in ('UTC', 'Etc/UTC', 'GMT', 'Z', '+00:00') -%}
        {%- do segctl.refuse(
            'session-time-zone',
            "the time zone of the Spark session is " ~ zone
            ~ ", but has to be UTC: spark.sql.session.timeZone of the server (over Thrift a profile cannot set it)"
        ) -%}
    {%- endif -%}
{% endmacro %}
