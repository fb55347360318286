{#- A numeric column as an exact decimal with six places, NaN and infinity as NULL: sums then do not depend on the order
    of rows or the number of threads. The comparison as a double tells NaN, which both DuckDB and PostgreSQL sort above
    infinity. -#}
{% macro number(column) -%}
    cast(case when cast({{ column }} as double precision) between -1e300 and 1e300 then {{ column }} end as decimal(28, 6))
{%- endmacro %}
