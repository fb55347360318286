{#- `as` of a step that several others read, and that is to be computed once. -#}
{% macro computed_once() -%}
    {{ return(adapter.dispatch('computed_once', 'segctl')()) }}
{%- endmacro %}

{#- Spark and others know no word for it. -#}
{% macro default__computed_once() -%}
    {{ return('as') }}
{%- endmacro %}

{% macro duckdb__computed_once() -%}
    {{ return('as materialized') }}
{%- endmacro %}

{% macro postgres__computed_once() -%}
    {{ return('as materialized') }}
{%- endmacro %}

{#- Redshift plans this by itself. -#}
{% macro redshift__computed_once() -%}
    {{ return('as') }}
{%- endmacro %}

{#- The first where an engine puts a step in the place of each mention of it, the second elsewhere. -#}
{% macro if_steps_repeat(repeated, once) -%}
    {{ return(repeated if target.type in ('spark', 'databricks') else once) }}
{%- endmacro %}
