{#- The steps of a source's table whose days are not tracked: `known`, the table as the last run left it, and
    `stale_customers`, whose rows are computed from all of their events. A customer is stale if the count (the column
    `rows` of the step `data`) or the fingerprint (`content`) of their events differs from the table, or if an event
    crossed a boundary of a feature that does not add up. -#}
{% macro stale_by_data(rows, content, known, watched) -%}
{%- if known and not watched -%}
{{ segctl.previous_step(known) }}

stale_customers {{ segctl.computed_once() }} (
    select coalesce(data.customer_id, known.customer_id) as customer_id
    from data
    full outer join known on data.customer_id = known.customer_id
    where
        data.customer_id is null
        or known.customer_id is null
        or data.{{ rows }} != known.{{ rows }}
        or {{ segctl.differs('data.' ~ content, 'known.' ~ content) }}
        or data.has_passed = 1
),
{%- endif -%}
{%- endmacro %}

{#- The step `known`: a table's rows as the last run left them. -#}
{% macro previous_step(known) -%}
known {{ segctl.for_each_reader() }} (
    select *
    from {{ known.table }}
    where deleted_at is null
),
{%- endmacro %}
