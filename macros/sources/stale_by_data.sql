{#- The steps of a source's table that tell whose row has to be computed from all of their events, where its days are not `source_watch`:
    `known`, the table as the last run has left it, and `stale_customers`. They are the customers whose events are others than the
    table knows (their number, in the column `rows` of the step `data`, or what they hold, in `content`), and those of whom one has
    passed a boundary of what does not add up. -#}
{% macro stale_by_data(rows, content, known, watched) -%}
{%- if known and not watched -%}
{{ segctl.known_step(known) }}

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

{#- The step of a table's rows as the last run has left them. -#}
{% macro known_step(known) -%}
known {{ segctl.for_each_reader() }} (
    select *
    from {{ known.table }}
    where deleted_at is null
),
{%- endmacro %}
