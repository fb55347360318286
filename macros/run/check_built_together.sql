{#- Stops a run whose proposals would be made of what an earlier one has left: tables of features, or the view of members, which
    says who is looked at by that run. All of them are built by the same invocation of dbt, before the proposals. -#}
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
