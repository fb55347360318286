{#- The columns of a relation as a mapping of names to types. -#}
{% macro column_types(relation) %}
    {%- set found = {} -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
        {%- do found.update({column.name | lower: column.data_type}) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
