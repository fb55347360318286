{#- The condition that a segment takes part in the run: all do, unless a recomputation of the past names in the environment
    variable SEGCTL_WITHOUT those that were not defined as they are now at that time. -#}
{% macro takes_part(column) -%}
    {%- set names = (env_var('SEGCTL_WITHOUT', '') if execute else '').split(',') | select | list -%}
    {{ column ~ " not in ('" ~ names | join("', '") ~ "')" if names else 'true' }}
{%- endmacro %}
