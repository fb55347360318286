{#- The tables that hold what was recorded of segments under their names, as far as they stand in the warehouse. The versions
    come last: as long as these know the old name, what was cut short is begun again. -#}
{% macro tables_of_names() %}
    {%- set found, versions = [], [] -%}
    {%- for node in segctl.own_nodes() -%}
        {%- if node.name in ('definition_versions', 'run_sizes', 'erasures', 'segment_corrections') or node.name.endswith('segment_stays') -%}
            {%- set relation = segctl.own_relation(node.name) -%}
            {%- if relation -%}
                {%- do (versions if node.name == 'definition_versions' else found).append(relation) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found + versions) }}
{% endmacro %}
