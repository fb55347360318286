{#- Drops those of our views that block the removal of a column, before a table loses one. Later models of the run
    recreate them. -#}
{% macro drop_blocking_views() %}
    {%- do adapter.dispatch('drop_blocking_views', 'segctl')() -%}
{% endmacro %}

{% macro default__drop_blocking_views() %}
{% endmacro %}

{#- Runs in the transaction of the table. A model that is ephemeral now may have been a view. -#}
{% macro postgres__drop_blocking_views() %}
    {%- for node in segctl.segment_models() if node.config.materialized in ('view', 'ephemeral') -%}
        {%- set view = segctl.existing_relation(node.name) -%}
        {%- if view and view.is_view -%}
            {%- do adapter.drop_relation(view) -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}

{#- Redshift blocks it, too. -#}
{% macro redshift__drop_blocking_views() %}
    {%- do segctl.postgres__drop_blocking_views() -%}
{% endmacro %}
