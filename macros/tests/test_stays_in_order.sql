{#- Fails for every stay that ends before it begins, or that begins while an earlier one of the same customer in the
    same segment is still open: so no two overlap and at most one is open. -#}
{% test stays_in_order(model, entity='customer') %}
    {%- set key = segctl.names_of(entity).key %}
with stays as (
    select
        segment,
        {{ key }},
        joined_at,
        left_at,
        lag(joined_at) over (partition by segment, {{ key }} order by joined_at) as former_joined_at,
        lag(left_at) over (partition by segment, {{ key }} order by joined_at) as former_left_at
    from {{ model }}
)

select *
from stays
where
    left_at <= joined_at
    or (former_joined_at is not null and former_left_at is null)
    or former_left_at > joined_at
{% endtest %}
