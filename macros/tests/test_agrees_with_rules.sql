{#- Fails for every member of the entity whose membership (the model's open stays) is not what the rules say of their
    features, less what min_stay and cool_down allow, and less the segments that a guard holds back.
    In `dbt build` it looks at the customers whom the run looked at, in `dbt test` at everybody. -#}
{% test agrees_with_rules(model, entity='customer') %}
    {%- set named = segctl.names_of(entity) %}
    {%- set key = named.key %}
    {%- set held = segctl.held_segments() %}
    {%- set last = segctl.last_finished_run() if execute and flags.WHICH != 'test' else none -%}
with features as (
    select {{ key }}
    from {{ ref(named.features) }}
    {%- if last %}
    where changed_at > {{ segctl.timestamp_of(last) }}
    {%- endif %}
),

membership as (
    select
        segment,
        {{ key }}
    from {{ model }}
    where left_at is null
),

members as (
    select
        segment,
        {{ key }},
        may_join
    from {{ ref(named.prefix ~ 'segment_members') }}
),

declared as (
    select
        segment,
        leave_if_joined_by,
        rejoin_if_left_by
    from {{ ref('declared_segments') }}
)

select
    members.segment,
    members.{{ key }},
    'the rule says member, the table does not' as difference
from members
inner join declared on members.segment = declared.segment
left join membership on members.segment = membership.segment and members.{{ key }} = membership.{{ key }}
where
    membership.{{ key }} is null
    {%- if held %}
    and members.segment not in ('{{ held | join("', '") }}')
    {%- endif %}
    and members.may_join
    and declared.rejoin_if_left_by is null
union all
select
    membership.segment,
    membership.{{ key }},
    'the table says member, the rule does not' as difference
from membership
inner join features on membership.{{ key }} = features.{{ key }}
left join declared on membership.segment = declared.segment
left join members on membership.segment = members.segment and membership.{{ key }} = members.{{ key }}
where
    members.{{ key }} is null
    {%- if held %}
    and membership.segment not in ('{{ held | join("', '") }}')
    {%- endif %}
    and declared.leave_if_joined_by is null
{% endtest %}
