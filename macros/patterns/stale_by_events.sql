{#- The steps of pattern_features that tell whose row may not be what a run would compute: `known`, the table as the last run has
    left it, and `stale_customers`: those in the step `changed`, and those for whom one of the `drifting` features, which the
    time can move in other ways than by an event's passing of a boundary, is another than is known. Of each its step, column
    and what it is without a row there. -#}
{% macro stale_by_events(changed, drifting, known) -%}
{%- if known -%}
{{ segctl.known_step(known) }}

{% endif -%}
stale_customers {{ segctl.computed_once() }} (
    select customer_id
    from {{ changed }}
    where customer_id is not null
    {%- for step, column, default in drifting if known %}
    {{ segctl.distinct_union() }}
    select known.customer_id
    from known
    left join {{ step }} as found on known.customer_id = found.customer_id
    where {{ segctl.differs(segctl.or_default('found.' ~ column, default), 'known.' ~ column) }}
    {%- endfor %}
    {{- '' if drifting and known else '\n    group by customer_id' }}
),
{%- endmacro %}

{% macro or_default(column, default) -%}
    {{ return('coalesce(' ~ column ~ ', ' ~ default ~ ')' if default else column) }}
{%- endmacro %}
