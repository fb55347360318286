{#- The `as` of a step that several others read and that should be computed once. -#}
{% macro computed_once() -%}
    {{ return(adapter.dispatch('computed_once', 'segctl')()) }}
{%- endmacro %}

{#- Spark and others have no keyword for it. -#}
{% macro default__computed_once() -%}
    {{ return('as') }}
{%- endmacro %}

{% macro duckdb__computed_once() -%}
    {{ return('as materialized') }}
{%- endmacro %}

{% macro postgres__computed_once() -%}
    {{ return('as materialized') }}
{%- endmacro %}

{#- Redshift decides this itself. -#}
{% macro redshift__computed_once() -%}
    {{ return('as') }}
{%- endmacro %}

{#- Returns the first value where an engine computes a step again for each mention, else the second. -#}
{% macro if_steps_repeat(repeated, once) -%}
    {{ return(repeated if target.type in ('spark', 'databricks') else once) }}
{%- endmacro %}
