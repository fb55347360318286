{#- The number of days from one date to another, as a whole number. -#}
{% macro days_between(first, last) -%}
    {{ return(adapter.dispatch('days_between', 'segctl')(first, last)) }}
{%- endmacro %}

{% macro default__days_between(first, last) -%}
    cast({{ last }} - {{ first }} as bigint)
{%- endmacro %}

{% macro spark__days_between(first, last) -%}
    cast(datediff({{ last }}, {{ first }}) as bigint)
{%- endmacro %}
