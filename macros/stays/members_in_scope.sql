{#- One row (segment, key, may_join) for every true column among `segments` of the relation `last_evaluations`, and among `kept`, which
    only let members stay, of the relation `kept`. Of segments that are not `fresh` only they can join or leave whose row may
    have moved them since the last run, as its column `moved_at` says: no others are looked at. Begins after the last step of a query. -#}
{% macro members_in_scope(evaluated, segments, fresh, moved_at, kept=(), key='customer_id') -%}
    {%- set relations = {evaluated: segments, 'kept': kept} if kept else {evaluated: segments} -%}
    {%- set selects = [] -%}
    {%- for relation, names in relations.items() -%}
        {%- set may_join = relation == evaluated -%}
        {%- set anew = names | select('in', fresh) | list -%}
        {%- set others = names | reject('in', fresh) | list -%}
        {%- if anew -%}
            {%- do selects.append(segctl.members_from(relation, anew, may_join, key)) -%}
        {%- endif -%}
        {%- if others -%}
            {%- do selects.append(segctl.members_from(relation ~ '_changed', others, may_join, key)) %}
, {{ relation }}_changed as (
    select * from {{ relation }} where {{ moved_at }} > {{ segctl.since_last_run() }}
)
        {%- endif -%}
    {%- endfor %}
{{ selects | join('\nunion all\n') }}
{%- endmacro %}
