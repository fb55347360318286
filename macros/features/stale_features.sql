{#- The steps of customer_features whose rows may have changed: `known`, the table as the last run left it, and
    `stale_customers`. These are new or gone in the step `customers`, have other attributes, another row in one of the
    tables `kept` from run to run or in one of the models that each run has `made`, or another value of a feature that
    each run finds `anew`. The meta of the model lists all of these. -#}
{% macro stale_features(customers, known) -%}
{%- if known -%}
    {%- set meta = model.config.meta -%}
    {%- set attributes = meta.attributes %}
{{ segctl.previous_step(known) }}

stale_customers {{ segctl.computed_once() }} (
    {#- One pass over the table for all: its rows are wide, which is expensive for an engine that stores rows whole. #}
    select coalesce(known.customer_id, {{ customers }}.customer_id) as customer_id
    from known
    full outer join {{ customers }} on known.customer_id = {{ customers }}.customer_id
    {%- for step in (meta.made + (meta.anew | map(attribute='step') | list)) | unique %}
    left join {{ step }} on known.customer_id = {{ step }}.customer_id
    {%- endfor %}
    where
        known.customer_id is null
        or {{ customers }}.customer_id is null
        {%- for some in segctl.differing_columns(customers, 'known', attributes, attributes) | batch(2) %}
        or {{ some | join(' or ') }}
        {%- endfor %}
        {%- for feature in meta.anew %}
        or {{ segctl.differs(feature.answer, 'known.' ~ feature.column) }}
        {%- endfor %}
        {%- for name in meta.made %}
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
    {%- for table in meta.kept %}
    {{ segctl.distinct_union() }}
    select customer_id from {{ segctl.existing_relation(table) }} {{ segctl.changed_since(known) }}
    {%- endfor %}
),
{%- endif -%}
{%- endmacro %}
