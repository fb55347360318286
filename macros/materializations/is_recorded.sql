{#- Whether the table of a model that is `recorded` stands already, so that its query is about what has to change in it. -#}
{% macro is_recorded() %}
    {%- if not execute or should_full_refresh() -%}
        {{ return(false) }}
    {%- endif -%}
    {{ return(adapter.get_relation(this.database, this.schema, this.identifier) is not none) }}
{% endmacro %}
