{#- The existing tables that hold an entity's key from run to run. -#}
{% macro tables_with_key(entity) %}
    {%- set named = segctl.entity_names(entity) -%}
    {%- set tables = [] -%}
    {%- for name in (named.features, named.prefix ~ 'segment_stays', named.prefix ~ 'shared_members') -%}
        {%- set table = segctl.existing_relation(name) -%}
        {%- if table -%}
            {%- do tables.append(table) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(tables) }}
{% endmacro %}
