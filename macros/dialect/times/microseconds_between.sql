{#- The number of microseconds from one instant (UTC, without a zone) to another, as a whole number. -#}
{% macro microseconds_between(first, last) -%}
    {{ return(adapter.dispatch('microseconds_between', 'segctl')(first, last)) }}
{%- endmacro %}

{% macro default__microseconds_between(first, last) -%}
    unix_micros(cast({{ last }} as timestamp)) - unix_micros(cast({{ first }} as timestamp))
{%- endmacro %}

{% macro duckdb__microseconds_between(first, last) -%}
    epoch_us({{ last }}) - epoch_us({{ first }})
{%- endmacro %}

{#- The difference of timestamps is an interval of days and time, which extract converts to exact seconds. -#}
{% macro postgres__microseconds_between(first, last) -%}
    cast(extract(epoch from {{ last }} - {{ first }}) * 1000000 as bigint)
{%- endmacro %}

{#- Snowflake has a function for it. -#}
{% macro snowflake__microseconds_between(first, last) -%}
    datediff(microsecond, {{ first }}, {{ last }})
{%- endmacro %}

{#- BigQuery has a function for it. -#}
{% macro bigquery__microseconds_between(first, last) -%}
    datetime_diff({{ last }}, {{ first }}, microsecond)
{%- endmacro %}

{#- Redshift's interval has other parts than PostgreSQL's. -#}
{% macro redshift__microseconds_between(first, last) -%}
    datediff(microsecond, {{ first }}, {{ last }})
{%- endmacro %}

{#- Trino counts milliseconds at best. Seconds since 1970 as a double keep microseconds apart until the year 2100. -#}
{% macro trino__microseconds_between(first, last) -%}
    cast(round(to_unixtime(with_timezone({{ last }}, 'UTC')) * 1000000) as bigint)
    - cast(round(to_unixtime(with_timezone({{ first }}, 'UTC')) * 1000000) as bigint)
{%- endmacro %}
