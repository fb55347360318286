{#- A question: which rows of a table break its rules? The rules are columns without NULL, unique combinations of
    columns, and the accepted values of columns (NULL passes). `stamps` are columns with the run that wrote or changed a
    row: with `since`, only later rows are checked. -#}
{% macro well_formed(table, not_null=(), unique=(), accepted={}, stamps=(), since=none) -%}
{%- set rules = [] %}
{%- for column in not_null %}
{%- do rules.append((column ~ ' is missing', column ~ ' is null', none)) %}
{%- endfor %}
{%- for column, values in accepted.items() %}
{%- do rules.append((column ~ ' is none of its values', column ~ " not in ('" ~ values | join("', '") ~ "')", none)) %}
{%- endfor %}
{%- for columns in unique %}
{%- do rules.append((columns | join(', ') ~ ' not unique', none, columns | join(', '))) %}
{%- endfor -%}
with looked_at as (
    select *
    from {{ ref(table) }}
    {%- if since and stamps %}
    where
        {%- for stamp in stamps %}
        {{ 'or ' if not loop.first }}{{ stamp }} > {{ since }}
        {%- endfor %}
    {%- endif %}
)
{% for fault, condition, grain in rules %}
select
    '{{ table }}' as subject,
    '{{ fault }}' as fault,
    count(*) as occurrences
{%- if condition %}
from looked_at
where {{ condition }}
{%- else %}
from (select {{ grain }} from looked_at group by {{ grain }} having count(*) > 1) as repeated
{%- endif %}
having count(*) > 0
{{- '\nunion all' if not loop.last }}
{%- endfor %}
{%- endmacro %}
