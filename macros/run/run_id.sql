{#- The id of the run. It follows from the instant, so that repeating a run changes nothing. -#}
{% macro run_id() -%}
    {%- set instant = segctl.as_of_instant().isoformat() | replace('-', '') | replace(':', '') -%}
    '{{ instant ~ ('' if '.' in instant else '.000000') }}Z'
{%- endmacro %}
