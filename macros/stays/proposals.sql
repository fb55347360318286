{#- The joins and leaves that a run proposes for an entity, compared with the open stays: one row for each segment,
    member and change; the query of segment_proposals for customers. -#}
{% macro proposals(entity) %}
    {%- do segctl.check_built_together() -%}
    {%- set stays = segctl.existing_relation(segctl.entity_names(entity).prefix ~ 'segment_stays') -%}
    {%- set evaluated = segctl.last_evaluations() -%}
    {%- if not execute or stays or evaluated -%}
{{ segctl.later_proposals(entity, stays, evaluated) }}
    {%- else -%}
{{ segctl.first_proposals(entity) }}
    {%- endif -%}
{% endmacro %}

{#- The proposals when there are no stays yet: every member joins. -#}
{% macro first_proposals(entity) %}
{%- set named = segctl.entity_names(entity) %}
with members as (
    select
        segment,
        {{ named.key }},
        may_join
    from {{ ref(named.prefix ~ 'members_in_scope') }}
),

definitions as (
    select
        segment,
        definition_hash
    from {{ ref('definition_versions') }}
    where entity = '{{ entity }}' and valid_to is null
)

select
    members.segment,
    members.{{ named.key }},
    {{ segctl.as_of() }} as joined_at,
    'join' as change,
    'first_run' as cause,
    definitions.definition_hash
from members
inner join definitions on members.segment = definitions.segment
where members.may_join
{% endmacro %}

{% macro later_proposals(entity, stays, evaluated) %}
{%- set named = segctl.entity_names(entity) %}
{%- set key = named.key %}
{%- set as_of = segctl.as_of() %}
{%- set since = segctl.since_last_run() %}

with features as (
    select
        {{ key }},
        deleted_at,
        {{ named.moved_at }} as moved_at
    from {{ ref(named.looked_at) }}
),

members as (
    select
        segment,
        {{ key }},
        may_join
    from {{ ref(named.prefix ~ 'members_in_scope') }}
),

declared as (
    select
        segment,
        definition_hash,
        enabled,
        leave_if_joined_by,
        rejoin_if_left_by
    from {{ ref('declared_segments') }}
    where entity = '{{ entity }}'
),

definitions as (
    select
        segment,
        definition_hash,
        valid_from,
        lag(definition_hash) over (partition by segment order by valid_from) as former_hash,
        valid_to
    from {{ ref('definition_versions') }}
    where entity = '{{ entity }}'
),

-- The run that last published each segment. A segment that is held back falls behind the others.
evaluated as (
    {%- if evaluated %}
    {{ evaluated | indent(4) }}
    {%- else %}
    select
        segment,
        {{ as_of }} as since
    from definitions
    where false
    {%- endif %}
),

-- A segment that may be another's new name is held back, and has no version yet.
scope as (
    select
        declared.segment,
        declared.definition_hash,
        declared.enabled,
        evaluated.since,
        evaluated.since is null or definitions.valid_from > evaluated.since as is_new,
        declared.leave_if_joined_by,
        declared.rejoin_if_left_by,
        case
            when evaluated.since is null then 'first_run'
            when definitions.valid_from <= evaluated.since then null
            when definitions.definition_hash = definitions.former_hash then 'enabled'
            else 'definition'
        end as cause
    from declared
    left join definitions on declared.segment = definitions.segment and definitions.valid_to is null
    left join evaluated on declared.segment = evaluated.segment
),

-- The open stays as the last finished run left them.
standing as (
    {%- if stays %}
    select
        segment,
        {{ key }},
        joined_at
    from {{ stays }}
    where joined_at <= {{ since }} and (left_at is null or left_at > {{ since }})
    {%- else %}
    select
        members.segment,
        members.{{ key }},
        {{ as_of }} as joined_at
    from members
    where false
    {%- endif %}
),

-- When members last left, for segments with cool_down. Disabling or removing a segment does not count.
former as (
    {%- if stays %}
    select
        stays.segment,
        stays.{{ key }},
        max(stays.left_at) as left_at
    from {{ stays }} as stays
    inner join declared on stays.segment = declared.segment
    where
        stays.left_at <= {{ since }}
        and stays.leave_cause not in ('disabled', 'removed')
        and declared.rejoin_if_left_by is not null
    group by stays.segment, stays.{{ key }}
    {%- else %}
    select
        members.segment,
        members.{{ key }},
        {{ as_of }} as left_at
    from members
    where false
    {%- endif %}
),

-- The stays that can end: of members whose row changed or is gone, and all stays of segments that are evaluated for
-- all customers (segments_to_reevaluate). A customer who is evaluated as a member has all stays here.
concerned as (
    select
        standing.segment,
        standing.{{ key }},
        standing.joined_at,
        features.{{ key }} is null as is_gone,
        features.deleted_at
    from standing
    left join features on standing.{{ key }} = features.{{ key }}
    where
        features.{{ key }} is null
        or features.moved_at > {{ since }}
        {%- if segctl.evaluates_everybody() %}
        or true
        {%- endif %}
        or not exists (
            select 1
            from scope
            where
                scope.segment = standing.segment
                and scope.enabled
                and not scope.is_new
                and scope.leave_if_joined_by is null
                and scope.rejoin_if_left_by is null
                and scope.since >= {{ since }}
        )
),

-- Members without an open stay, and open stays without a member.
compared as (
    select
        coalesce(members.segment, concerned.segment) as segment,
        coalesce(members.{{ key }}, concerned.{{ key }}) as {{ key }},
        concerned.{{ key }} is null as is_new_member,
        members.may_join,
        concerned.joined_at,
        concerned.is_gone,
        concerned.deleted_at
    from members
    full outer join concerned on members.segment = concerned.segment and members.{{ key }} = concerned.{{ key }}
    where members.{{ key }} is null or concerned.{{ key }} is null
),

joins as (
    select
        compared.segment,
        compared.{{ key }},
        {{ as_of }} as joined_at,
        'join' as change,
        scope.cause,
        scope.definition_hash
    from compared
    inner join scope on compared.segment = scope.segment
    left join former on compared.segment = former.segment and compared.{{ key }} = former.{{ key }}
    where
        compared.is_new_member
        and compared.may_join
        and (former.left_at is null or former.left_at <= scope.rejoin_if_left_by)
),

leaves as (
    select
        compared.segment,
        compared.{{ key }},
        compared.joined_at,
        'leave' as change,
        case
            when scope.segment is null then 'removed'
            when not scope.enabled then 'disabled'
            when compared.is_gone or compared.deleted_at is not null then 'deleted'
            else scope.cause
        end as cause,
        scope.definition_hash
    from compared
    left join scope on compared.segment = scope.segment
    where
        not compared.is_new_member
        and (
            scope.leave_if_joined_by is null
            or compared.joined_at <= scope.leave_if_joined_by
            or not scope.enabled
            or compared.is_gone
            or compared.deleted_at is not null
        )
),

changes as (
    select * from joins
    union all
    select * from leaves
),

segment_inputs as (
    select
        segment,
        input_name
    from {{ ref('segment_inputs') }}
    union all
    -- A new or returning member's own data has changed.
    select
        segment,
        '{{ entity }}' as input_name
    from declared
),

changed_inputs as (
    select
        {{ key }},
        input_name,
        input_changed_at
    from {{ ref(named.prefix ~ 'changed_inputs') }}
),

-- The cause of changes without another one, by the inputs of the segment: the member's own data changed (2), else time
-- moved it across a boundary (1), else the data of others changed (0).
moved as (
    select
        changes.segment,
        changes.{{ key }},
        {%- if entity == 'customer' %}
        max(
            case
                when segment_inputs.input_name like 'window of %' then 1
                when segment_inputs.input_name = 'others' then 0
                else 2
            end
        ) as moved_by
        {%- else %}
        -- The data of its customers is an account's own.
        2 as moved_by
        {%- endif %}
    from changes
    inner join segment_inputs on changes.segment = segment_inputs.segment
    inner join scope on changes.segment = scope.segment
    inner join changed_inputs
        on changes.{{ key }} = changed_inputs.{{ key }} and segment_inputs.input_name = changed_inputs.input_name
    where
        changes.cause is null
        and changed_inputs.input_changed_at > scope.since
    group by changes.segment, changes.{{ key }}
)

select
    changes.segment,
    changes.{{ key }},
    changes.joined_at,
    changes.change,
    coalesce(
        changes.cause,
        case moved.moved_by when 2 then 'activity' when 0 then 'population' else 'time' end
    ) as cause,
    changes.definition_hash
from changes
left join moved on changes.segment = moved.segment and changes.{{ key }} = moved.{{ key }}
{% endmacro %}
