{#- The existing tables that record data under segment names. Versions come last: while they hold the old name, an
    interrupted rename is repeated. -#}
{% macro tables_with_segment_names() %}
    {%- set tables, versions, kept = [], [], segctl.kept_tables() -%}
    {%- for node in segctl.recorded_models() -%}
        {%- if node.name in ('definition_versions', 'run_sizes') or node.name.endswith('segment_stays')
            or 'segment' in kept.get(node.name, ()) -%}
            {%- set relation = segctl.existing_relation(node.name) -%}
            {%- if relation -%}
                {%- do (versions if node.name == 'definition_versions' else tables).append(relation) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(tables + versions) }}
{% endmacro %}
