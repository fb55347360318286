{#- Stops a run whose instant is malformed or more than a day ahead of the clock, which would make runs as of now
    impossible. The environment variable SEGCTL_ALLOW_FUTURE=true permits it. -#}
{% macro check_instant() %}
    {%- set instant = segctl.as_of_instant() -%}
    {%- set latest = segctl.invoked_at() + modules.datetime.timedelta(days=1) -%}
    {%- if instant > latest and env_var('SEGCTL_ALLOW_FUTURE', '') != 'true' -%}
        {%- do segctl.refuse(
            'future-as-of',
            "SEGCTL_AS_OF, " ~ instant ~ " UTC, is more than a day ahead of the clock: SEGCTL_ALLOW_FUTURE=true lets it pass"
        ) -%}
    {%- endif -%}
{% endmacro %}
