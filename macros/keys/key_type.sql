{#- The type of a relation's column as its engine writes it; none when there is no such column. -#}
{% macro key_type(relation, name) %}
    {%- for column in adapter.get_columns_in_relation(relation) if column.name | lower == name | lower -%}
        {#- dbt makes up a length for texts that have none. -#}
        {{ return(column.dtype if column.is_string() and not column.char_size else column.data_type) }}
    {%- endfor -%}
    {{ return(none) }}
{% endmacro %}
