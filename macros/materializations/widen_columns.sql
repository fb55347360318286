{#- Widens columns of a table to the types in its differences, where values would not fit otherwise. -#}
{% macro widen_columns(difference, target) %}
    {%- do adapter.dispatch('widen_columns', 'segctl')(difference, target) -%}
{% endmacro %}

{% macro default__widen_columns(difference, target) %}
    {%- do adapter.expand_target_column_types(from_relation=difference, to_relation=target) -%}
{% endmacro %}

{#- dbt would drop the column, and every view that reads it. Its later step, `on_schema_change`, is done here too. -#}
{% macro postgres__widen_columns(difference, target) %}
    {%- set new_types = segctl.column_types(difference) -%}
    {%- set wider = [] -%}
    {%- for column in adapter.get_columns_in_relation(target) if column.name | lower in new_types -%}
        {%- set wanted = new_types[column.name | lower] -%}
        {%- set former, present = segctl.kind_of_key(column.data_type), segctl.kind_of_key(wanted) -%}
        {%- if former.kind == 'text' and present.kind == 'text' -%}
            {%- if segctl.key_change(column.data_type, wanted) == 'wider' -%}
                {%- do wider.append({'table': target, 'column': column.name, 'type': wanted}) -%}
            {%- endif -%}
        {%- elif wanted != column.data_type and config.get('on_schema_change') == 'sync_all_columns' -%}
            {%- do wider.append({'table': target, 'column': column.name, 'type': wanted}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for text in segctl.alter_types(wider) if wider -%}
        {% call statement('widen_columns') %}{{ text }}{% endcall %}
    {%- endfor -%}
{% endmacro %}

{#- Redshift widens text only. -#}
{% macro redshift__widen_columns(difference, target) %}
    {%- do segctl.default__widen_columns(difference, target) -%}
{% endmacro %}
