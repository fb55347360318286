{#- A text that changes when other columns decide whether a source's data has changed; NULL for none. -#}
{% macro columns_hash(columns) -%}
    {{ "'" ~ local_md5(columns | join(',')) ~ "'" if columns else 'cast(null as ' ~ dbt.type_string() ~ ')' }}
{%- endmacro %}
