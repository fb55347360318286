{#- Every join and leave of an entity's segments; the query of segment_changes for customers. -#}
{% macro changes(entity) %}
{%- set named = segctl.entity_names(entity) %}
{%- set key = named.key %}
with segment_history as (
    select *
    from {{ ref(named.prefix ~ 'segment_history') }}
)

select
    segment,
    {{ key }},
    joined_at as changed_at,
    'joined' as change,
    join_cause as cause,
    join_definition_hash as definition_hash,
    join_run_id as run_id
from segment_history
union all
select
    segment,
    {{ key }},
    left_at as changed_at,
    'left' as change,
    leave_cause as cause,
    leave_definition_hash as definition_hash,
    leave_run_id as run_id
from segment_history
where left_at is not null
{% endmacro %}
