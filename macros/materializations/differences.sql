{#- The changes that make the model's table hold the rows of `wanted`: new and differing rows, and, marked
    `is_cancelled`, rows of the table that meet the condition `replaced` and are no longer wanted. A repeated run finds
    nothing to do. `keys` and `columns` together are all columns of the table; a difference in an `uncompared` column
    does not count. -#}
{% macro differences(wanted, keys, columns, replaced, uncompared=()) %}
    {%- if not segctl.is_recorded() %}
select
    {{ (keys + columns) | join(',\n    ') }}
from {{ wanted }}
    {%- else %}
        {%- set query = segctl.if_steps_repeat(segctl.differences_in_one, segctl.differences_in_two) %}
{{ query(wanted, keys, columns, replaced, uncompared) }}
    {%- endif %}
{% endmacro %}

{#- Compares new and differing rows apart from cancelled ones, so that each comparison is of few rows. -#}
{% macro differences_in_two(wanted, keys, columns, replaced, uncompared) -%}
select
    {%- for column in keys + columns %}
    {{ wanted }}.{{ column }},
    {%- endfor %}
    false as is_cancelled
from {{ wanted }}
left join {{ this }} as present
    on
        {%- for key in keys %}
        {{ 'and ' if not loop.first }}{{ wanted }}.{{ key }} = present.{{ key }}
        {%- endfor %}
where
    present.{{ keys[0] }} is null
    {%- for column in columns if column not in uncompared %}
    or {{ segctl.differs(wanted ~ '.' ~ column, 'present.' ~ column) }}
    {%- endfor %}
union all
select
    {%- for column in keys + columns %}
    present.{{ column }},
    {%- endfor %}
    true as is_cancelled
from {{ this }} as present
left join {{ wanted }}
    on
        {%- for key in keys %}
        {{ 'and ' if not loop.first }}present.{{ key }} = {{ wanted }}.{{ key }}
        {%- endfor %}
where
    {{ wanted }}.{{ keys[0] }} is null
    and {{ replaced }}
{%- endmacro %}

{#- One full join, where each mention of `wanted` would compute it again. -#}
{% macro differences_in_one(wanted, keys, columns, replaced, uncompared) -%}
select
    {%- for key in keys %}
    coalesce({{ wanted }}.{{ key }}, present.{{ key }}) as {{ key }},
    {%- endfor %}
    {%- for column in columns %}
    case when {{ wanted }}.{{ keys[0] }} is null then present.{{ column }} else {{ wanted }}.{{ column }} end as {{ column }},
    {%- endfor %}
    {{ wanted }}.{{ keys[0] }} is null as is_cancelled
from {{ wanted }}
full outer join {{ this }} as present
    on
        {%- for key in keys %}
        {{ 'and ' if not loop.first }}{{ wanted }}.{{ key }} = present.{{ key }}
        {%- endfor %}
where
    present.{{ keys[0] }} is null
    or ({{ wanted }}.{{ keys[0] }} is null and {{ replaced }})
    or (
        {{ wanted }}.{{ keys[0] }} is not null
        and (
            {%- for column in columns if column not in uncompared %}
            {{ 'or ' if not loop.first }}{{ segctl.differs(wanted ~ '.' ~ column, 'present.' ~ column) }}
            {%- endfor %}
        )
    )
{%- endmacro %}
