{#- A relation that customer_features reads, after a check of its key. Rows with a missing or repeated key would stay in
    the table for good. -#}
{% macro with_checked_key(relation, key) %}
    {%- if execute and flags.WHICH in ('build', 'run') -%}
        {%- do segctl.check_key(relation, key) -%}
    {%- endif -%}
    {{ return(relation) }}
{% endmacro %}
