{#- The table format of recorded models, where the engine has several: one with `merge`. Other engines have none. -#}
{% macro table_format() %}
    {{ return(adapter.dispatch('table_format', 'segctl')()) }}
{% endmacro %}

{% macro default__table_format() %}
    {{ return(none) }}
{% endmacro %}

{#- Plain files, Spark's default, have no merge. -#}
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

{#- The clause between the name of a recorded table and `as` with its query. -#}
{% macro table_options() -%}
    {{ return(adapter.dispatch('table_options', 'segctl')()) }}
{%- endmacro %}

{% macro default__table_options() -%}
    {{ return('') }}
{%- endmacro %}

{#- A merge then writes only changes, and leaves other files alone until they are compacted. -#}
{% macro spark__table_options() -%}
    using {{ segctl.table_format() }}
    tblproperties (
        'format-version' = '2',
        'write.delete.mode' = 'merge-on-read',
        'write.merge.mode' = 'merge-on-read',
        'write.update.mode' = 'merge-on-read'
    )
{%- endmacro %}

{#- Iceberg's settings for merges mean nothing to Delta. -#}
{% macro databricks__table_options() -%}
    using {{ segctl.table_format() }}
{%- endmacro %}
