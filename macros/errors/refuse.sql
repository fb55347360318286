{#- Stops the invocation with an error of ours. The code in brackets lets segctl find the hint for it, whatever dbt, a driver
    or a server wraps around the message: segctl/warehouse/refusals.py has one row for each code. A message that lists
    several findings has a headline that ends in a colon, and one line for each finding. -#}
{% macro refuse(code, message) %}
    {{ exceptions.raise_compiler_error(segctl.with_code(code, message)) }}
{% endmacro %}

{#- A message with its code in front, for errors that the database raises itself. -#}
{% macro with_code(code, message) %}
    {{ return('[segctl:' ~ code ~ '] ' ~ message) }}
{% endmacro %}
