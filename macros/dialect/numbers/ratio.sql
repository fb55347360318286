{#- The quotient of two numbers, rounded half away from zero to six places. It is NULL when either is NULL, when the
    divisor is 0, and beyond 10^21. Both are whole numbers or decimals with at most six places. Whole millionths divide
    exactly, which no engine's own division guarantees. -#}
{% macro ratio(dividend, divisor) -%}
    {{ return(adapter.dispatch('ratio', 'segctl')(dividend, divisor)) }}
{%- endmacro %}

{% macro default__ratio(dividend, divisor) -%}
    {%- set top, bottom = segctl.doubled_millionths(dividend, divisor, 'decimal(38, 0)') -%}
    {{ segctl.ratio_of_millionths(dividend, divisor, 'div(' ~ top ~ ', ' ~ bottom ~ ')', 'double precision') }}
{%- endmacro %}

{% macro duckdb__ratio(dividend, divisor) -%}
    {%- set top, bottom = segctl.doubled_millionths(dividend, divisor, 'hugeint') -%}
    {{ segctl.ratio_of_millionths(dividend, divisor, top ~ ' // ' ~ bottom, 'double') }}
{%- endmacro %}

{#- A division without remainder is exact; Spark's `div` returns 64 bits only. -#}
{% macro spark__ratio(dividend, divisor) -%}
    {%- set top, bottom = segctl.doubled_millionths(dividend, divisor, 'decimal(38, 0)') -%}
    {%- set quotient = 'cast((' ~ top ~ ' - ' ~ top ~ ' % ' ~ bottom ~ ') / ' ~ bottom ~ ' as decimal(30, 0))' -%}
    {{ segctl.ratio_of_millionths(dividend, divisor, quotient, 'double') }}
{%- endmacro %}

{#- Snowflake has no whole division: a division without remainder is exact. -#}
{% macro snowflake__ratio(dividend, divisor) -%}
    {{ segctl.guarded_ratio(dividend, divisor, 'double precision') }}
{%- endmacro %}

{#- BigQuery's decimal is too narrow, and dividing by 0 fails even where a condition excludes it. -#}
{% macro bigquery__ratio(dividend, divisor) -%}
    {{ segctl.guarded_ratio(dividend, divisor, 'float64', 'bignumeric') }}
{%- endmacro %}

{#- Redshift's whole division is too narrow: a division without remainder is exact. -#}
{% macro redshift__ratio(dividend, divisor) -%}
    {{ segctl.guarded_ratio(dividend, divisor, 'double precision') }}
{%- endmacro %}

{#- Trino's whole division is too narrow: a division without remainder is exact. -#}
{% macro trino__ratio(dividend, divisor) -%}
    {{ segctl.guarded_ratio(dividend, divisor, 'double') }}
{%- endmacro %}

{#- The same where dividing by 0 fails even in branches that are not taken, and long products lose places: a decimal(28,
    6) has twenty-eight digits of millionths. -#}
{% macro guarded_ratio(dividend, divisor, double, whole='decimal(38, 0)') -%}
    {%- set top, bottom = segctl.doubled_millionths(dividend, divisor, whole) -%}
    {%- set bottom = 'nullif(' ~ bottom ~ ', 0)' -%}
    case
        when abs(cast({{ dividend }} as {{ double }})) / nullif(abs(cast({{ divisor }} as {{ double }})), 0) <= 1e21
            then cast(
                cast(
                    case when ({{ dividend }}) < 0 then -1 else 1 end * case when ({{ divisor }}) < 0 then -1 else 1 end
                    * (({{ top }} - mod({{ top }}, {{ bottom }})) / {{ bottom }}) as decimal(28, 0)
                )
                * cast(0.000001 as decimal(7, 6)) as decimal(28, 6)
            )
    end
{%- endmacro %}

{#- Twice the millionths of the quotient, plus half, as two expressions whose whole quotient is the rounded one;
    `whole` is a type of whole numbers wide enough. -#}
{% macro doubled_millionths(dividend, divisor, whole) -%}
    {%- set a = 'abs(cast((' ~ dividend ~ ') * 1000000 as ' ~ whole ~ '))' -%}
    {%- set b = 'abs(cast((' ~ divisor ~ ') * 1000000 as ' ~ whole ~ '))' -%}
    {{ return(('(2000000 * ' ~ a ~ ' + ' ~ b ~ ')', '(2 * ' ~ b ~ ')')) }}
{%- endmacro %}

{#- A quotient in millionths, without its sign, as a decimal with it. -#}
{% macro ratio_of_millionths(dividend, divisor, quotient, double) -%}
    case
        when ({{ divisor }}) = 0 or abs(cast({{ dividend }} as {{ double }})) / abs(cast({{ divisor }} as {{ double }})) > 1e21 then null
        else cast(
            (case when ({{ dividend }}) < 0 then -1 else 1 end * case when ({{ divisor }}) < 0 then -1 else 1 end * ({{ quotient }}))
            * cast(0.000001 as decimal(7, 6)) as decimal(28, 6)
        )
    end
{%- endmacro %}
