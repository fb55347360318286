{#- For `dbt run-operation`: makes the schemas of tables beside the live ones, with `kept_tables`. Their names end with the suffix. -#}
{% macro create_scratch_schemas(suffix) %}
    {%- for relation in segctl.scratch_schemas(suffix) -%}
        {%- do adapter.create_schema(relation) -%}
    {%- endfor -%}
    {%- do segctl.make_kept_tables() -%}
{% endmacro %}
