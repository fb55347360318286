{#- Logs what our tests have found, of which dbt reports only the number, on the console and in the log file. `results`
    are those of the invocation. -#}
{% macro log_faults(results) %}
    {%- for result in results if result.status == 'fail' and result.node.test_metadata -%}
        {%- for row in segctl.query_rows(result.node.compiled_code) if result.node.test_metadata.namespace == 'segctl' -%}
            {%- do log(
                'segctl: ' ~ row['subject'] ~ ': ' ~ row['fault'] ~ ' (' ~ segctl.row_count_text(row['occurrences']) ~ ')', info=true
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
{% endmacro %}
