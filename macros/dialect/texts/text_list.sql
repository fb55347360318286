{#- The texts of a column in one, by code point, separated by commas. -#}
{% macro text_list(column) -%}
    {{ return(adapter.dispatch('text_list', 'segctl')(column)) }}
{%- endmacro %}

{% macro default__text_list(column) -%}
    string_agg({{ column }}, ',' order by {{ segctl.text_order(column) }})
{%- endmacro %}

{#- Spark promises no order within an aggregate but by sorting what it has collected. -#}
{% macro spark__text_list(column) -%}
    array_join(sort_array(collect_list({{ column }})), ',')
{%- endmacro %}

{#- Snowflake, Redshift and Trino have the standard's name for it. -#}
{% macro snowflake__text_list(column) -%}
    listagg({{ column }}, ',') within group (order by {{ column }})
{%- endmacro %}

{% macro redshift__text_list(column) -%}
    {{ segctl.snowflake__text_list(column) }}
{%- endmacro %}

{% macro trino__text_list(column) -%}
    {{ segctl.snowflake__text_list(column) }}
{%- endmacro %}
