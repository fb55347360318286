{#- Fails for every customer whose membership (the model's open stays) is not what the rules say of their features, less
    what min_stay and cool_down allow.
    In `dbt build` it looks at the customers whom the run looked at, in `dbt test` at everybody. -#}
{% test agrees_with_rules(model) %}
    {%- set last = segctl.last_finished_run() if execute and flags.WHICH != 'test' else none -%}
with customer_features as (
    select customer_id
    from {{ ref('customer_features') }}
    {%- if last %}
    where changed_at > timestamp '{{ last.isoformat(sep=' ') }}'
    {%- endif %}
),

membership as (
    select
        segment,
        customer_id
    from {{ model }}
),

members as (
    select
        segment,
        customer_id,
        may_join
    from {{ ref('segment_members') }}
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
    members.customer_id,
    'the rule says member, the table does not' as difference
from members
inner join declared on members.segment = declared.segment
left join membership on members.segment = membership.segment and members.customer_id = membership.customer_id
where
    membership.customer_id is null
    and members.may_join
    and declared.rejoin_if_left_by is null
union all
select
    membership.segment,
    membership.customer_id,
    'the table says member, the rule does not' as difference
from membership
inner join customer_features on membership.customer_id = customer_features.customer_id
left join declared on membership.segment = declared.segment
left join members on membership.segment = members.segment and membership.customer_id = members.customer_id
where
    members.customer_id is null
    and declared.leave_if_joined_by is null
{% endtest %}
