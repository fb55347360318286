{#- A statement that sets columns of a table to the values of a query, the body of the call, matched by `as_of`. It is a
    merge because Spark allows no subquery in the `set` of an update. -#}
{% macro update_from_query(target, columns) -%}
    {{ return(adapter.dispatch('update_from_query', 'segctl')(target, columns, caller())) }}
{%- endmacro %}

{% macro default__update_from_query(target, columns, query) -%}
merge into {{ target }} as runs using ({{ query }}) as counted on runs.as_of = counted.as_of when matched then update set
{%- for column in columns %} {{ column }} = counted.{{ column }}{{ ',' if not loop.last }}{% endfor %}
{%- endmacro %}

{#- Redshift's merge needs a clause for rows that do not match. -#}
{% macro redshift__update_from_query(target, columns, query) -%}
update {{ target }} set
{%- for column in columns %} {{ column }} = counted.{{ column }}{{ ',' if not loop.last }}{% endfor %}
from ({{ query }}) as counted where {{ target }}.as_of = counted.as_of
{%- endmacro %}
