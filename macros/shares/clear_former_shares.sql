{#- Empties the tables of entities that are no longer shared, whose models are ephemeral now. dbt leaves the view of a
    former share; it then shows nobody. -#}
{% macro clear_former_shares() %}
    {%- for node in segctl.segment_models() if node.name.endswith('shared_members') and node.config.materialized == 'ephemeral' -%}
        {%- set table = segctl.existing_relation(node.name) -%}
        {%- if table -%}
            {% call statement('empty_former_shares', auto_begin=true) %}delete from {{ table }}{% endcall %}
            {%- do adapter.commit() -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}
