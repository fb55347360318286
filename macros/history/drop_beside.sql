{#- For `dbt run-operation`: drops the schemas of tables beside the live ones. Their names end with the suffix. -#}
{% macro drop_beside(suffix) %}
    {%- for relation in segctl.schemas_beside(suffix) -%}
        {%- do segctl.drop_with_tables(relation) -%}
    {%- endfor -%}
{% endmacro %}
