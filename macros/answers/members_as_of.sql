{#- Selects the members of an entity's segments as of an instant: segment, key, joined_at. The instant is any SQL
    expression (UTC, without a zone). For an instant after the last finished run it gives the members that this run
    left. Use it as a query or in a CTE. -#}
{% macro members_as_of(instant, entity='customer') -%}
    {%- set named = segctl.entity_names(entity) -%}
select
    segment,
    {{ named.key }},
    joined_at
from {{ ref(named.prefix ~ 'segment_history') }}
where
    joined_at <= {{ instant }}
    and (left_at is null or left_at > {{ instant }})
{%- endmacro %}
