{#- The instant of the run, as a naive datetime in UTC. It is the environment variable SEGCTL_AS_OF (ISO 8601; UTC
    unless it names a zone), else the start of the invocation. An empty variable is an error: a script that forgot to
    set it does not mean now. It is read only while executing, so that a new instant costs no new parse. -#}
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
