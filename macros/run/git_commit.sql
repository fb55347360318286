{#- The commit of the definitions as a text literal, from the environment variable SEGCTL_GIT_COMMIT, which `segctl run`
    sets. NULL when it is unknown. -#}
{% macro git_commit() -%}
    {%- set given = env_var('SEGCTL_GIT_COMMIT', '') if execute else '' -%}
    {%- set known = modules.re.match('^[0-9a-f]{7,40}[+]?$', given) -%}
    cast({{ "'" ~ given ~ "'" if known else 'null' }} as {{ dbt.type_string() }})
{%- endmacro %}
