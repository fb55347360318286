{#- The instant of the run as a naive datetime in UTC: the environment variable SEGCTL_AS_OF (ISO 8601; UTC when it
    names no zone), else the start of the dbt invocation. One that is set and empty is refused: a variable of a script that
    nobody has set is not now. The variable is read only while executing, so that a new instant does not cost a new parse. -#}
{% macro as_of_instant() %}
    {%- set given = env_var('SEGCTL_AS_OF', 'not set') if execute else 'not set' -%}
    {%- if given == 'not set' -%}
        {{ return(segctl.invoked_at()) }}
    {%- endif -%}
    {%- if not given.strip() -%}
        {%- do segctl.refuse(
            'invalid-as-of',
            "SEGCTL_AS_OF is empty: unset it for a run as of now, or name an instant"
        ) -%}
    {%- endif -%}
    {%- set iso = '^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?$' -%}
    {%- if not modules.re.match(iso, given) -%}
        {%- do segctl.refuse(
            'invalid-as-of',
            "SEGCTL_AS_OF is '" ~ given ~ "', expected an instant like 2024-12-31T18:00:00Z"
        ) -%}
    {%- endif -%}
    {{ return(segctl.read_instant(given)) }}
{% endmacro %}
