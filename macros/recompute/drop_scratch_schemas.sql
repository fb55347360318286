{#- For `dbt run-operation`: drops the schemas of a recomputation, whose names end with the suffix. -#}
{% macro drop_scratch_schemas(suffix) %}
    {%- for relation in segctl.scratch_schemas(suffix) -%}
        {%- do segctl.drop_with_tables(relation) -%}
    {%- endfor -%}
{% endmacro %}
