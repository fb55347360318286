{#- Before a table of ours loses columns: drops the views of ours that later models of the run make anew, where an engine
    would not let go of a column that a view reads. -#}
{% macro drop_blocking_views() %}
    {%- do adapter.dispatch('drop_blocking_views', 'segctl')() -%}
{% endmacro %}

{% macro default__drop_blocking_views() %}
{% endmacro %}

{#- In the transaction of the table. What is ephemeral now may have been a view. -#}
{% macro postgres__drop_blocking_views() %}
    {%- for node in segctl.segment_models() if node.config.materialized in ('view', 'ephemeral') -%}
        {%- set view = segctl.existing_relation(node.name) -%}
        {%- if view and view.is_view -%}
            {%- do adapter.drop_relation(view) -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}

{#- Redshift too. -#}
{% macro redshift__drop_blocking_views() %}
    {%- do segctl.postgres__drop_blocking_views() -%}
{% endmacro %}
