{#- The segments and sources whose guards this run ignores, from the environment variable SEGCTL_ALLOW: names separated
    by commas, or * for all. -#}
{% macro allowed_names() %}
    {%- set names = [] -%}
    {%- for name in (env_var('SEGCTL_ALLOW', '') if execute else '').split(',') if name.strip() -%}
        {%- if not modules.re.match('^([a-z][a-z0-9_]*|[*])$', name.strip()) -%}
            {%- do segctl.refuse(
                'invalid-allow',
                "SEGCTL_ALLOW holds '" ~ name ~ "', which is no name of a segment or source"
            ) -%}
        {%- endif -%}
        {%- do names.append(name.strip()) -%}
    {%- endfor -%}
    {{ return(names) }}
{% endmacro %}
