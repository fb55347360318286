{#- The table format of models that runs write, where the engine has several: one with `merge`. Elsewhere none. -#}
{% macro table_format() %}
    {{ return(adapter.dispatch('table_format', 'segctl')()) }}
{% endmacro %}

{% macro default__table_format() %}
    {{ return(none) }}
{% endmacro %}

{#- Plain files, Spark's default, cannot be merged into. -#}
{% macro spark__table_format() %}
    {%- set wanted = var('segctl_table_format', 'iceberg') -%}
    {%- if wanted not in ('iceberg', 'delta') -%}
        {%- do segctl.refuse(
            'invalid-table-format',
            'segctl_table_format is ' ~ wanted ~ ', and our tables need one with merge: iceberg or delta'
        ) -%}
    {%- endif -%}
    {{ return(wanted) }}
{% endmacro %}

{#- Databricks' own tables are Delta. -#}
{% macro databricks__table_format() %}
    {{ return(var('segctl_table_format', 'delta')) }}
{% endmacro %}

{#- What stands between the name of a table that runs keep and `as` with its query. -#}
{% macro table_options() -%}
    {{ return(adapter.dispatch('table_options', 'segctl')()) }}
{%- endmacro %}

{% macro default__table_options() -%}
    {{ return('') }}
{%- endmacro %}

{#- A merge then writes what has changed, and leaves the files with the rest alone until they are compacted. -#}
{% macro spark__table_options() -%}
    using {{ segctl.table_format() }}
    tblproperties (
        'format-version' = '2',
        'write.delete.mode' = 'merge-on-read',
        'write.merge.mode' = 'merge-on-read',
        'write.update.mode' = 'merge-on-read'
    )
{%- endmacro %}

{#- What Spark is told of Iceberg's merges is nothing to Delta. -#}
{% macro databricks__table_options() -%}
    using {{ segctl.table_format() }}
{%- endmacro %}
