{#- Stops a run that would base proposals on data of an earlier one: tables of features, or the view that says whom the
    run evaluates. One invocation builds all of them before the proposals. -#}
{% macro check_built_together() %}
    {%- set left = [] -%}
    {%- for node in (segctl.segment_models() if execute and flags.WHICH in ('build', 'run') else []) -%}
        {%- set of_features = node.name.endswith('_features') and node.config.materialized in ('recorded', 'table') -%}
        {%- if (of_features or node.config.materialized == 'view') and node.unique_id not in selected_resources -%}
            {%- do left.append(node.name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if left -%}
        {%- do segctl.refuse(
            'partial-build',
            model.name ~ " is built without " ~ left | sort | join(', ') ~ ": build all that it reads together, dbt build --select +"
            ~ model.name
        ) -%}
    {%- endif -%}
{% endmacro %}
