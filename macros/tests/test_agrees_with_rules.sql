{#- Fails for every member of the entity whose membership (the model's open stays) is not what the rules say of their
    features, less what min_stay and cool_down allow, and less the segments that a guard holds back.
    In `dbt build` it looks at the customers whom the run looked at, in a first run at nobody (`in_first_build`), in
    `dbt test` at everybody. -#}
{% test agrees_with_rules(model, entity='customer') %}
    {%- set named = segctl.names_of(entity) %}
    {%- set key = named.key %}
    {%- set held = segctl.held_segments() %}
    {%- set last = segctl.last_finished_run() if execute and flags.WHICH != 'test' else none -%}
    {%- set fresh = segctl.fresh_segments() if last else [] %}
    {%- set looked_at -%}
        {%- if segctl.in_first_build() %}false and {% endif -%}
        ({{ key }} in (select features.{{ key }} from features)
        {%- if fresh %} or segment in ('{{ fresh | join("', '") }}'){% endif %})
    {%- endset %}
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
    where
        left_at is null
        and {{ looked_at }}
),

members as (
    select
        segment,
        {{ key }},
        may_join
    from {{ ref(named.prefix ~ 'segment_members') }}
    where {{ looked_at }}
),

declared as (
    select
        segment,
        leave_if_joined_by,
        rejoin_if_left_by
    from {{ ref('declared_segments') }}
),

compared as (
    select
        coalesce(members.segment, membership.segment) as segment,
        coalesce(members.{{ key }}, membership.{{ key }}) as {{ key }},
        members.may_join,
        members.{{ key }} is null as is_no_member
    from members
    full outer join membership on members.segment = membership.segment and members.{{ key }} = membership.{{ key }}
    where members.{{ key }} is null or membership.{{ key }} is null
)

select
    compared.segment,
    compared.{{ key }},
    case
        when compared.is_no_member then 'the table says member, the rule does not'
        else 'the rule says member, the table does not'
    end as difference
from compared
left join declared on compared.segment = declared.segment
where
    case
        when compared.is_no_member then declared.leave_if_joined_by is null
        else compared.may_join and declared.rejoin_if_left_by is null
    end
    {%- if held %}
    and compared.segment not in ('{{ held | join("', '") }}')
    {%- endif %}
{% endtest %}
