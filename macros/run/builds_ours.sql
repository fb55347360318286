{#- Whether this invocation of dbt writes models of ours. -#}
{% macro builds_ours() %}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- for node in segctl.own_nodes() if node.unique_id in selected_resources -%}
            {{ return(true) }}
        {%- endfor -%}
    {%- endif -%}
    {{ return(false) }}
{% endmacro %}
