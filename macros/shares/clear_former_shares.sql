{#- Empties the tables of what was shared of members of whom nothing is shared any more: a view of a former share, which dbt
    leaves where it is, then shows nobody. Their models are ephemeral. -#}
{% macro clear_former_shares() %}
    {%- for node in segctl.segment_models() if node.name.endswith('shared_members') and node.config.materialized == 'ephemeral' -%}
        {%- set table = segctl.existing_relation(node.name) -%}
        {%- if table -%}
            {% call statement('empty_former_shares', auto_begin=true) %}delete from {{ table }}{% endcall %}
            {%- do adapter.commit() -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}
