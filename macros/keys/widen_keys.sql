{#- Gives recorded keys the wider types that their sources have now; `keys` as for `check_keys`. This comes before any
    model compares keys: engines compare two types differently, or not at all. -#}
{% macro widen_keys(keys) %}
    {%- set wider = [] -%}
    {%- for entity, relation, column in keys if execute and flags.WHICH in ('build', 'run') -%}
        {%- set key = segctl.entity_names(entity).key -%}
        {%- set wanted = segctl.key_type(relation, column) -%}
        {%- for table in segctl.tables_with_key(entity) if wanted -%}
            {%- set known = segctl.key_type(table, key) -%}
            {%- if known and segctl.key_change(known, wanted) == 'wider' -%}
                {%- do wider.append({'table': table, 'column': key, 'type': wanted}) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if wider -%}
        {%- do adapter.dispatch('in_one_transaction', 'segctl')(segctl.alter_types(wider)) -%}
    {%- endif -%}
{% endmacro %}
