{#- The steps of customer_features that tell whose row may not be what a run would compute: `known`, the table as the last run
    has left it, and `stale_customers`: those who are new or gone in the step `customers`, whose attributes differ, of whom one
    of the tables `kept` from run to run has another row, or one of the models that each run has `made` for everybody; and for whom
    one of the features is another that each run finds `anew`, of each its step, column and what it is without a row there. -#}
{% macro stale_features(customers, known) -%}
{%- if known -%}
    {%- set told = model.config.meta -%}
    {%- set attributes = told.attributes %}
{{ segctl.known_step(known) }}

stale_customers {{ segctl.computed_once() }} (
    {#- One pass over the table for all: its rows are wide, which costs an engine that keeps rows whole. #}
    select coalesce(known.customer_id, {{ customers }}.customer_id) as customer_id
    from known
    full outer join {{ customers }} on known.customer_id = {{ customers }}.customer_id
    {%- for step in (told.made + (told.anew | map(attribute='step') | list)) | unique %}
    left join {{ step }} on known.customer_id = {{ step }}.customer_id
    {%- endfor %}
    where
        known.customer_id is null
        or {{ customers }}.customer_id is null
        {%- for some in segctl.differing_columns(customers, 'known', attributes, attributes) | batch(2) %}
        or {{ some | join(' or ') }}
        {%- endfor %}
        {%- for one in told.anew %}
        or {{ segctl.differs(one.answer, 'known.' ~ one.column) }}
        {%- endfor %}
        {%- for name in told.made %}
        or (
            {{ name }}.customer_id is not null
            and (
                {%- set columns = segctl.segment_model(name).columns | reject('equalto', 'customer_id') | list %}
                {%- for some in segctl.differing_columns(name, 'known', columns, columns) | batch(2) %}
                {{ 'or ' if not loop.first }}{{ some | join(' or ') }}
                {%- endfor %}
            )
        )
        {%- endfor %}
    {%- for table in told.kept %}
    {{ segctl.distinct_union() }}
    select customer_id from {{ segctl.existing_relation(table) }} {{ segctl.changed_since(known) }}
    {%- endfor %}
),
{%- endif -%}
{%- endmacro %}
