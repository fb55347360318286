{#- The rows of all customers, with some of their columns: of those whose row is computed in this run, which are in the step
    `own`, and of the others as they are known. -#}
{% macro everybody(own, columns, known) -%}
select
    {{ (['customer_id'] + columns) | join(',\n    ') }}
from {{ own }}
    {%- if known %}
union all
select
    {{ (['customer_id'] + columns) | join(',\n    ') }}
from known
where
    not exists (
        select 1
        from stale_customers
        where stale_customers.customer_id = known.customer_id
    )
    {%- endif %}
{%- endmacro %}
