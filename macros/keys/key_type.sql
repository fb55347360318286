{#- The type of a relation's column as the engine writes it; none without such a column. -#}
{% macro key_type(relation, name) %}
    {%- for column in adapter.get_columns_in_relation(relation) if column.name | lower == name | lower -%}
        {#- dbt invents a length for text without one. -#}
        {{ return(column.dtype if column.is_string() and not column.char_size else column.data_type) }}
    {%- endfor -%}
    {{ return(none) }}
{% endmacro %}
