{#- Before a table of ours loses columns: drops the views of ours that later models of the run make anew, where an engine
    would not let go of a column that a view reads. -#}
{% macro drop_views_in_way() %}
    {%- do adapter.dispatch('drop_views_in_way', 'segctl')() -%}
{% endmacro %}

{% macro default__drop_views_in_way() %}
{% endmacro %}

{#- In the transaction of the table. What is ephemeral now may have been a view. -#}
{% macro postgres__drop_views_in_way() %}
    {%- for node in segctl.own_nodes() if node.config.materialized in ('view', 'ephemeral') -%}
        {%- set view = segctl.own_relation(node.name) -%}
        {%- if view and view.is_view -%}
            {%- do adapter.drop_relation(view) -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}

{#- Redshift too. -#}
{% macro redshift__drop_views_in_way() %}
    {%- do segctl.postgres__drop_views_in_way() -%}
{% endmacro %}
