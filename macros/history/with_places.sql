{#- The rows of the step `own` with what is said of their place among others, which the step `placed` has; and of the other
    customers those whose place has changed, with the rest of their row as it is known. -#}
{% macro with_places(own, columns, placed, places, known) -%}
select
    {{ own }}.customer_id,
    {%- for column in columns %}
    {{ own }}.{{ column }},
    {%- endfor %}
    {%- for place in places %}
    {{ placed }}.{{ place }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ own }}
inner join {{ placed }} on {{ own }}.customer_id = {{ placed }}.customer_id
    {%- if known %}
union all
select
    known.customer_id,
    {%- for column in columns %}
    known.{{ column }},
    {%- endfor %}
    {%- for place in places %}
    {{ placed }}.{{ place }}{{ ',' if not loop.last }}
    {%- endfor %}
from known
inner join {{ placed }} on known.customer_id = {{ placed }}.customer_id
where
    not exists (
        select 1
        from stale_customers
        where stale_customers.customer_id = known.customer_id
    )
    and (
        {%- for place in places %}
        {{ 'or ' if not loop.first }}{{ segctl.differs(placed ~ '.' ~ place, 'known.' ~ place) }}
        {%- endfor %}
    )
    {%- endif %}
{%- endmacro %}
