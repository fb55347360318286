{#- Says in words what our tests have found, of which dbt tells the number only: on the console, and in its log. `results` are those
    of the invocation that ends. -#}
{% macro tell_faults(results) %}
    {%- for result in results if result.status == 'fail' and result.node.test_metadata -%}
        {%- for row in segctl.found_rows(result.node.compiled_code) if result.node.test_metadata.namespace == 'segctl' -%}
            {%- do log(
                'segctl: ' ~ row['subject'] ~ ': ' ~ row['fault'] ~ ' (' ~ segctl.rows_in_words(row['occurrences']) ~ ')', info=true
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
{% endmacro %}
