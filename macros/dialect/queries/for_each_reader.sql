{#- The `as` of a step that each reader computes for itself, and only as far as it needs. -#}
{% macro for_each_reader() -%}
    {{ return(adapter.dispatch('for_each_reader', 'segctl')()) }}
{%- endmacro %}

{#- Spark and others do so anyway, or decide it themselves. -#}
{% macro default__for_each_reader() -%}
    {{ return('as') }}
{%- endmacro %}

{#- With a window in the scan's own condition, DuckDB skips older data. -#}
{% macro duckdb__for_each_reader() -%}
    {{ return('as not materialized') }}
{%- endmacro %}

{#- PostgreSQL writes a step that is read more than once to files, which only one worker reads: 100 segments over 10 M
    orders and 10 M visits took 103 s, against 88 s on two cores. -#}
{% macro postgres__for_each_reader() -%}
    {{ return('as not materialized') }}
{%- endmacro %}

{#- Redshift decides this itself. -#}
{% macro redshift__for_each_reader() -%}
    {{ return('as') }}
{%- endmacro %}
