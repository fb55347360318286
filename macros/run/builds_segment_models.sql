{#- Whether this invocation of dbt builds any of our models. -#}
{% macro builds_segment_models() %}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- for node in segctl.segment_models() if node.unique_id in selected_resources -%}
            {{ return(true) }}
        {%- endfor -%}
    {%- endif -%}
    {{ return(false) }}
{% endmacro %}
