{#- Refuses an instant that is none, or that is more than a day ahead of the clock: after a run as of it no run as of now is
    possible. The environment variable SEGCTL_ALLOW_FUTURE, when it is `true`, lets it pass. -#}
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
