{#- Who was in which segment of an entity as of an instant, any SQL expression of one (UTC, without a zone): a select of
    (segment, key, joined_at), for a CTE or a query. What no finished run has seen yet is as the last one found it. -#}
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
