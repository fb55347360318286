{% macro tidy(column) %}nullif(trim({{ column }}), ''){% endmacro %}
