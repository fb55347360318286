{#- Fails for every stay that ends before it begins, that is there twice, or that begins while an earlier one of the same
    customer in the same segment is still open: so no two overlap and at most one is open. `dbt build` looks at the stays of
    those in whose stays of that segment the run has written, `dbt test` at all. In a first run every
    stay begins with the run and is open: one that does not, as an attempt that was cut short may leave it, fails. -#}
{% test stays_in_order(model, entity='customer') %}
{{ config(**segctl.test_settings()) }}
    {%- if segctl.in_first_build() %}
select *
from {{ model }}
where
    left_at is not null
    or joined_at != {{ segctl.as_of() }}
    {%- else %}
    {%- set key = segctl.names_of(entity).key %}
    {%- set since = segctl.tested_since() %}
with all_stays as (
    select
        segment,
        {{ key }},
        joined_at,
        left_at
    from {{ model }}
),

looked_at as (
    select all_stays.*
    from all_stays
    {%- if since %}
    inner join (
        select distinct
            segment,
            {{ key }}
        from all_stays
        where
            joined_at > {{ since }}
            or left_at > {{ since }}
    ) as written on all_stays.segment = written.segment and all_stays.{{ key }} = written.{{ key }}
    {%- endif %}
),

stays as (
    select
        segment,
        {{ key }},
        joined_at,
        left_at,
        lag(joined_at) over (partition by segment, {{ key }} order by joined_at) as former_joined_at,
        lag(left_at) over (partition by segment, {{ key }} order by joined_at) as former_left_at
    from looked_at
)

select *
from stays
where
    left_at <= joined_at
    or (former_joined_at is not null and former_left_at is null)
    or former_left_at > joined_at
    {%- endif %}
{% endtest %}
