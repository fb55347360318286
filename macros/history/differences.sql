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
    {%- endif %}
{% endmacro %}
