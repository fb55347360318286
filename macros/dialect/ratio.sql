{#- One number divided by another, rounded half away from zero to six places; NULL when either is, when the second is 0,
    and where the result lies beyond 10^21. Numbers are whole or decimals with at most six places. Whole millionths divide
    exactly, which no engine's own division promises. -#}
{% macro ratio(dividend, divisor) -%}
    {{ return(adapter.dispatch('ratio', 'segctl')(dividend, divisor)) }}
{%- endmacro %}

{% macro default__ratio(dividend, divisor) -%}
    {{ segctl.ratio_of_millionths(dividend, divisor, 'decimal(38, 0)', 'div') }}
{%- endmacro %}

{% macro duckdb__ratio(dividend, divisor) -%}
    {{ segctl.ratio_of_millionths(dividend, divisor, 'hugeint', '//') }}
{%- endmacro %}

{#- `whole` is a type of whole numbers wide enough, `division` the operator or function that drops the rest. -#}
{% macro ratio_of_millionths(dividend, divisor, whole, division) -%}
    {%- set a = 'cast((' ~ dividend ~ ') * 1000000 as ' ~ whole ~ ')' -%}
    {%- set b = 'cast((' ~ divisor ~ ') * 1000000 as ' ~ whole ~ ')' -%}
    {%- set top = '(2000000 * abs(' ~ a ~ ') + abs(' ~ b ~ '))' -%}
    {%- set bottom = '(2 * abs(' ~ b ~ '))' -%}
    case
        when ({{ divisor }}) = 0 or abs(cast({{ dividend }} as double precision)) / abs(cast({{ divisor }} as double precision)) > 1e21 then null
        else cast(
            (sign({{ a }}) * sign({{ b }})
            * {{ top ~ ' // ' ~ bottom if division == '//' else 'div(' ~ top ~ ', ' ~ bottom ~ ')' }})
            * cast(0.000001 as decimal(7, 6)) as decimal(28, 6)
        )
    end
{%- endmacro %}
