{#- The tables that hold an entity's key from one run to the next, as far as they stand. -#}
{% macro tables_of_key(entity) %}
    {%- set named = segctl.names_of(entity) -%}
    {%- set found = [] -%}
    {%- for name in (named.features, named.prefix ~ 'segment_stays', named.prefix ~ 'shared_members') -%}
        {%- set table = segctl.own_relation(name) -%}
        {%- if table -%}
            {%- do found.append(table) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
