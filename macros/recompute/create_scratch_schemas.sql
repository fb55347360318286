{#- For `dbt run-operation`: creates the schemas of a recomputation, whose names end with the suffix, with
    `kept_tables`. -#}
{% macro create_scratch_schemas(suffix) %}
    {%- for relation in segctl.scratch_schemas(suffix) -%}
        {%- do adapter.create_schema(relation) -%}
    {%- endfor -%}
    {%- do segctl.make_kept_tables() -%}
{% endmacro %}
