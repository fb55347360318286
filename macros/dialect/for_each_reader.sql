{#- `as` of a step that many others read: where they can be computed by several workers only if each of them reads the source
    for itself, it says so. With `known`, few of the source's rows are left by a step, and it is computed once. -#}
{% macro for_each_reader(known) -%}
    {{ return(adapter.dispatch('for_each_reader', 'segctl')(known)) }}
{%- endmacro %}

{% macro default__for_each_reader(known) -%}
    {{ return('as') }}
{%- endmacro %}

{#- PostgreSQL keeps what is read more than once in files, and lets one worker alone read these: over 10 M orders and 10 M visits
    100 segments took 103 s, against 88 s on two cores. -#}
{% macro postgres__for_each_reader(known) -%}
    {{ return('as' if known else 'as not materialized') }}
{%- endmacro %}

{#- Redshift plans this by itself. -#}
{% macro redshift__for_each_reader(known) -%}
    {{ return('as') }}
{%- endmacro %}
