{#- The changes that make a table of shared data hold the rows of `members`, one for each share and key, with `columns`.
    A row that differs ends with the run and a new one begins, so that readers see the last run until this one has
    finished. A column that is no longer shared is emptied, not dropped: the view of a former share may read it. -#}
{% macro shared_versions(members, key, columns) %}
{%- set as_of, since = segctl.as_of(), segctl.since_last_run() %}
{%- set known = segctl.column_types(this) if segctl.is_recorded() else {} %}
{%- set own = ['_share', key | lower, '_valid_from', '_valid_to'] %}
{%- set former_columns = known.keys() | reject('in', own + columns) | sort | list %}
{%- set common = columns | select('in', known) | list %}
{%- set fresh = columns | reject('in', known) | list %}
{%- if not known %}
select
    {{ members }}.*,
    {{ as_of }} as _valid_from,
    cast(null as {{ segctl.timestamp_type() }}) as _valid_to
from {{ members }}
{%- else %},

standing as (
    select *
    from {{ this }}
    where
        _valid_from <= {{ since }}
        and (_valid_to is null or _valid_to > {{ since }})
),

compared as (
    select
        {{ members }}.*,
        {%- for column in former_columns %}
        -- NULL of the column's type.
        case when false then standing.{{ column }} end as {{ column }},
        {%- endfor %}
        standing._valid_from as _standing_from,
        (
            standing._valid_from is not null
            {%- for column in common %}
            and not ({{ segctl.differs(members ~ '.' ~ column, 'standing.' ~ column) }})
            {%- endfor %}
            {%- for column in former_columns %}
            and standing.{{ column }} is null
            {%- endfor %}
            {%- for column in fresh %}
            and {{ members }}.{{ column }} is null
            {%- endfor %}
        ) as _is_the_same
    from {{ members }}
    left join standing on {{ members }}._share = standing._share and {{ members }}.{{ key }} = standing.{{ key }}
),

wanted as (
    select
        _share,
        {{ key }},
        {{ (columns + former_columns) | join(',\n        ') }},
        case when _is_the_same then _standing_from else {{ as_of }} end as _valid_from,
        cast(null as {{ segctl.timestamp_type() }}) as _valid_to
    from compared
    union all
    select
        standing._share,
        standing.{{ key }},
        {%- for column in columns + former_columns %}
        {{ 'null' if column in fresh else 'standing.' ~ column }} as {{ column }},
        {%- endfor %}
        standing._valid_from,
        {{ as_of }} as _valid_to
    from standing
    left join compared on standing._share = compared._share and standing.{{ key }} = compared.{{ key }}
    where compared._is_the_same is null or not compared._is_the_same
)

select
    wanted.*,
    false as is_cancelled
from wanted
left join {{ this }} as present
    on
        wanted._share = present._share
        and wanted.{{ key }} = present.{{ key }}
        and wanted._valid_from = present._valid_from
where
    present._share is null
    {%- for column in common + former_columns + ['_valid_to'] %}
    or {{ segctl.differs('wanted.' ~ column, 'present.' ~ column) }}
    {%- endfor %}
    {%- for column in fresh %}
    or wanted.{{ column }} is not null
    {%- endfor %}
union all
select
    present._share,
    present.{{ key }},
    {%- for column in columns + former_columns %}
    {{ 'null' if column in fresh else 'present.' ~ column }} as {{ column }},
    {%- endfor %}
    present._valid_from,
    present._valid_to,
    true as is_cancelled
from {{ this }} as present
left join wanted
    on
        present._share = wanted._share
        and present.{{ key }} = wanted.{{ key }}
        and present._valid_from = wanted._valid_from
where wanted._share is null
{%- endif %}
{% endmacro %}
