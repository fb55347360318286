{#- The values of a text column in one text, sorted by code point and separated by commas. -#}
{% macro text_list(column) -%}
    {{ return(adapter.dispatch('text_list', 'segctl')(column)) }}
{%- endmacro %}

{% macro default__text_list(column) -%}
    string_agg({{ column }}, ',' order by {{ segctl.text_order(column) }})
{%- endmacro %}

{#- Spark guarantees an order within an aggregate only by sorting the collected values. -#}
{% macro spark__text_list(column) -%}
    array_join(sort_array(collect_list({{ column }})), ',')
{%- endmacro %}

{#- Snowflake, Redshift and Trino use the standard's name for it. -#}
{% macro snowflake__text_list(column) -%}
    listagg({{ column }}, ',') within group (order by {{ column }})
{%- endmacro %}

{% macro redshift__text_list(column) -%}
    {{ segctl.snowflake__text_list(column) }}
{%- endmacro %}

{% macro trino__text_list(column) -%}
    {{ segctl.snowflake__text_list(column) }}
{%- endmacro %}
