{#- The steps of pattern_features whose rows may have changed: `known`, the table as the last run left it, and
    `stale_customers`. These are in the step `changed`, or have another value of a `drifting` feature, which time can
    change without an event that crosses a boundary. `drifting` are triples: the step, the column, the default. -#}
{% macro stale_by_events(changed, drifting, known) -%}
{%- if known -%}
{{ segctl.previous_step(known) }}

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
