{#- The tables that hold an entity's key from one run to the next, as far as they stand. -#}
{% macro tables_with_key(entity) %}
    {%- set named = segctl.entity_names(entity) -%}
    {%- set found = [] -%}
    {%- for name in (named.features, named.prefix ~ 'segment_stays', named.prefix ~ 'shared_members') -%}
        {%- set table = segctl.existing_relation(name) -%}
        {%- if table -%}
            {%- do found.append(table) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
