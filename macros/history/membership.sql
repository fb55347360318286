{#- The open stays of an entity's segments. What segment_membership holds for customers. -#}
{% macro membership(entity) %}
{%- set named = segctl.names_of(entity) %}
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

{{ segctl.told_segments() }}

select
    segment_history.segment,
    segment_history.{{ key }},
    segment_history.joined_at,
    segment_history.join_cause,
    segment_history.join_definition_hash,
    segment_history.join_run_id,
    features.eligible,
    told_segments.label,
    told_segments.owner,
    told_segments.tags
from segment_history
left join features on segment_history.{{ key }} = features.{{ key }}
left join told_segments on segment_history.segment = told_segments.segment
where segment_history.left_at is null
{% endmacro %}
