{#- A column of lists of text as it is read from a model, optionally under another name. -#}
{% macro list_column(column, name=none) -%}
    {{ return(adapter.dispatch('list_column', 'segctl')(column, name or column)) }}
{%- endmacro %}

{% macro default__list_column(column, name) -%}
    {{ column if name == column else column ~ ' as ' ~ name }}
{%- endmacro %}

{#- BigQuery stores a missing list as an empty one, and cannot store a list with a NULL. -#}
{% macro bigquery__list_column(column, name) -%}
    array(select item from unnest({{ column }}) as item with offset as place where item is not null order by place) as {{ name }}
{%- endmacro %}

{#- Redshift has no lists; SUPER columns would need other functions. -#}
{% macro redshift__list_column(column, name) -%}
    {%- do segctl.refuse(
        'lists-unsupported',
        "lists (`strings`, column " ~ column ~ ") cannot be used on Redshift, which has none"
    ) -%}
{%- endmacro %}
