{#- The table format of models that runs write, where the engine has several: one with `merge`. Elsewhere none. -#}
{% macro table_format() %}
    {{ return(adapter.dispatch('table_format', 'segctl')()) }}
{% endmacro %}

{% macro default__table_format() %}
    {{ return(none) }}
{% endmacro %}

{#- Plain files, Spark's default, cannot be merged into. -#}
{% macro spark__table_format() %}
    {{ return(var('segctl_table_format', 'iceberg')) }}
{% endmacro %}
