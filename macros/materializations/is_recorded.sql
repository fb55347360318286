{#- Whether the table of a `recorded` model exists, so that its query selects changes. -#}
{% macro is_recorded() %}
    {%- if not execute or should_full_refresh() -%}
        {{ return(false) }}
    {%- endif -%}
    {{ return(adapter.get_relation(this.database, this.schema, this.identifier) is not none) }}
{% endmacro %}
