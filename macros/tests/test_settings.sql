{#- The settings of our tests: all that a root project could ask of its data tests, so that each fails where it has found
    something, and dbt tells in how many rows. What is found is not stored. Where dbt takes an empty value for none, it stands for none. -#}
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
