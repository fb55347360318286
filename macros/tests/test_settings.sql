{#- The configuration of our tests: everything that a root project could set for its data tests. Each fails when it
    finds something, dbt reports in how many rows, and nothing is stored. An empty value stands for none, where dbt
    accepts that. -#}
{% macro test_settings() %}
    {{ return({
        'enabled': true,
        'severity': 'error',
        'error_if': '!= 0',
        'warn_if': '!= 0',
        'fail_calc': 'coalesce(sum(occurrences), 0)',
        'where': '',
        'limit': 1000000,
        'store_failures': false,
        'store_failures_as': 'ephemeral'
    }) }}
{% endmacro %}
