{#- The stays of an entity as the last finished run left them; the query of segment_history for customers. What an
    unfinished run has written does not show, so that readers never see half of a run. -#}
{% macro history(entity) %}
{%- set named = segctl.entity_names(entity) %}
with stays as (
    select *
    from {{ ref(named.prefix ~ 'segment_stays') }}
),

published as (
    select max(as_of) as as_of
    from {{ ref('segment_runs') }}
)

select
    stays.segment,
    stays.{{ named.key }},
    stays.joined_at,
    case when stays.left_at <= published.as_of then stays.left_at end as left_at,
    stays.join_cause,
    case when stays.left_at <= published.as_of then stays.leave_cause end as leave_cause,
    stays.join_definition_hash,
    case when stays.left_at <= published.as_of then stays.leave_definition_hash end as leave_definition_hash,
    stays.join_run_id,
    case when stays.left_at <= published.as_of then stays.leave_run_id end as leave_run_id
from stays
cross join published
where stays.joined_at <= published.as_of
{% endmacro %}
