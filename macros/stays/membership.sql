{#- The open stays of an entity's segments; the query of segment_membership for customers. -#}
{% macro membership(entity) %}
{%- set named = segctl.entity_names(entity) %}
{%- set key = named.key %}
with segment_history as (
    select *
    from {{ ref(named.prefix ~ 'segment_history') }}
),

features as (
    select
        {{ key }},
        eligible
    from {{ ref(named.features) }}
),

{{ segctl.segment_labels() }}

select
    segment_history.segment,
    segment_history.{{ key }},
    segment_history.joined_at,
    segment_history.join_cause,
    segment_history.join_definition_hash,
    segment_history.join_run_id,
    features.eligible,
    segment_labels.label,
    segment_labels.owner,
    segment_labels.tags
from segment_history
left join features on segment_history.{{ key }} = features.{{ key }}
left join segment_labels on segment_history.segment = segment_labels.segment
where segment_history.left_at is null
{% endmacro %}
