{#- The average of a decimal(28, 6) expression, the body of the call, rounded half away from zero to six places. -#}
{% macro average() -%}
    {{ return(adapter.dispatch('average', 'segctl')(caller())) }}
{%- endmacro %}

{% macro default__average(expression) -%}
    cast(round(avg({{ expression }}), 6) as decimal(28, 6))
{%- endmacro %}

{#- DuckDB averages decimals as doubles, which rounds some halves the wrong way: whole millionths divide exactly. -#}
{% macro duckdb__average(expression) -%}
    {%- set millionths = 'sum(cast(' ~ expression ~ ' * 1000000 as hugeint))' -%}
    {%- set values = 'nullif(count(' ~ expression ~ '), 0)' -%}
    cast(
        (sign({{ millionths }}) * ((2 * abs({{ millionths }}) + {{ values }}) // (2 * {{ values }})))
        * cast(0.000001 as decimal(7, 6)) as decimal(28, 6)
    )
{%- endmacro %}

{#- Spark averages decimals to ten places, from which rounding to six would round a second time. -#}
{% macro spark__average(expression) -%}
    {{ segctl.ratio('sum(' ~ expression ~ ')', 'count(' ~ expression ~ ')') }}
{%- endmacro %}

{#- Snowflake averages decimals to twelve places, from which rounding to six would round a second time. -#}
{% macro snowflake__average(expression) -%}
    {{ segctl.ratio('sum(' ~ expression ~ ')', 'count(' ~ expression ~ ')') }}
{%- endmacro %}

{#- BigQuery averages decimals to nine places, from which rounding to six would round a second time. -#}
{% macro bigquery__average(expression) -%}
    {{ segctl.ratio('sum(' ~ expression ~ ')', 'count(' ~ expression ~ ')') }}
{%- endmacro %}

{#- Redshift cuts off what lies beyond six places. -#}
{% macro redshift__average(expression) -%}
    {{ segctl.ratio('sum(' ~ expression ~ ')', 'count(' ~ expression ~ ')') }}
{%- endmacro %}
