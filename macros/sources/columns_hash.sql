{#- A text that is another when the data of a source is told by other columns: NULL for none. -#}
{% macro columns_hash(columns) -%}
    {{ "'" ~ local_md5(columns | join(',')) ~ "'" if columns else 'cast(null as ' ~ dbt.type_string() ~ ')' }}
{%- endmacro %}
