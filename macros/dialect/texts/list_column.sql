{#- A column of lists of texts, as it is read of a model, under its name or another. -#}
{% macro list_column(column, name=none) -%}
    {{ return(adapter.dispatch('list_column', 'segctl')(column, name or column)) }}
{%- endmacro %}

{% macro default__list_column(column, name) -%}
    {{ column if name == column else column ~ ' as ' ~ name }}
{%- endmacro %}

{#- What BigQuery stores of a missing list is an empty one, and a list with a NULL in it it does not store at all. -#}
{% macro bigquery__list_column(column, name) -%}
    array(select item from unnest({{ column }}) as item with offset as place where item is not null order by place) as {{ name }}
{%- endmacro %}

{#- Redshift has no lists; a SUPER would be read by other means. -#}
{% macro redshift__list_column(column, name) -%}
    {%- do segctl.refuse(
        'lists-unsupported',
        "lists (`strings`, column " ~ column ~ ") cannot be used on Redshift, which has none"
    ) -%}
{%- endmacro %}
