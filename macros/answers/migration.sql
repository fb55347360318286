{#- Selects how the members of an exclusive group moved between two instants: from_segment, to_segment, customers. The
    instants are SQL expressions (UTC, without a zone). Members who stayed are counted too; NULL stands for none of the
    group's segments, and customers in none at both instants are not counted. A segment belongs to the group that its
    definition named at the time. For another entity the count is named after it: `accounts`. -#}
{% macro migration(group, from_instant, to_instant, entity='customer') -%}
    {%- set key = segctl.entity_names(entity).key -%}
    {%- set instants = {'before': from_instant, 'after': to_instant} -%}
with definitions as (
    select
        segment,
        valid_from,
        valid_to
    from {{ ref('segment_definitions') }}
    where exclusive_group = {{ segctl.text(group) }}
),
{%- for name, instant in instants.items() %}

everybody_{{ name }} as (
    {{ segctl.members_as_of(instant, entity) | indent }}
),

members_{{ name }} as (
    select
        everybody_{{ name }}.{{ key }},
        everybody_{{ name }}.segment
    from everybody_{{ name }}
    inner join definitions on everybody_{{ name }}.segment = definitions.segment
    where
        definitions.valid_from <= {{ instant }}
        and (definitions.valid_to is null or definitions.valid_to > {{ instant }})
){{ ',' if not loop.last }}
{%- endfor %}

select
    members_before.segment as from_segment,
    members_after.segment as to_segment,
    count(*) as {{ entity }}s
from members_before
full outer join members_after on members_before.{{ key }} = members_after.{{ key }}
group by
    members_before.segment,
    members_after.segment
{%- endmacro %}
