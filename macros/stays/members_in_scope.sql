{#- One row (segment, key, may_join) for every true column of `segments` in the relation `evaluated`, and of `kept`,
    which only lets members stay, in the relation `kept`. Segments that are not `fresh` evaluate only rows that changed
    since the last run, by the column `moved_at`. Begins after the last step of a query. -#}
{% macro members_in_scope(evaluated, segments, fresh, moved_at, kept=(), key='customer_id') -%}
    {%- set relations = {evaluated: segments, 'kept': kept} if kept else {evaluated: segments} -%}
    {%- set selects = [] -%}
    {%- for relation, names in relations.items() -%}
        {%- set may_join = relation == evaluated -%}
        {%- set reevaluated = names | select('in', fresh) | list -%}
        {%- set others = names | reject('in', fresh) | list -%}
        {%- if reevaluated -%}
            {%- do selects.append(segctl.members_from(relation, reevaluated, may_join, key)) -%}
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
