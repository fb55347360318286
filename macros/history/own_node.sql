{#- A model of ours in dbt's graph, none when there is none. -#}
{% macro own_node(name) %}
    {%- if execute -%}
        {%- for node in segctl.own_nodes() if node.name == name -%}
            {{ return(node) }}
        {%- endfor -%}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}
