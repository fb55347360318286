{#- What has to change in the model's table so that it holds the rows of `wanted`: new and differing rows, and rows
    among `replaced` (a condition on the table's own rows) that are not wanted any more, marked `is_cancelled`.
    Repeating a run then finds nothing to do. `keys` and `columns` are together all columns of the table; those of
    `columns` in `uncompared` do not make a row differ. -#}
{% macro differences(wanted, keys, columns, replaced, uncompared=()) %}
    {%- if not segctl.is_recorded() %}
select
    {{ (keys + columns) | join(',\n    ') }}
from {{ wanted }}
    {%- else %}
        {%- set said = segctl.if_steps_repeat(segctl.differences_in_one, segctl.differences_in_two) %}
{{ said(wanted, keys, columns, replaced, uncompared) }}
    {%- endif %}
{% endmacro %}

{#- New and differing rows apart from those taken back: for each, what is compared is few rows. -#}
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

{#- All at once, where each mention of `wanted` would compute it anew. -#}
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
