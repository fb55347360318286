{#- Fails for every rule that the model's rows break: columns that are never NULL, combinations of columns that occur once,
    and the only values that columns may hold (NULL is none of them and passes). One row a broken rule, with how often.
    One test for all of them, because each test costs a run more than what it asks. `stamps` are columns with the instant of
    the run that wrote a row, or changed it: `dbt build` looks at the rows of this run only, `dbt test` at all. A view that
    groups by its key goes through all stays to answer, and can hardly be wrong: with `in_build` false `dbt build` leaves it
    to `dbt test`. -#}
{% test well_formed(model, not_null=(), unique=(), accepted={}, stamps=(), in_build=true) %}
{{ config(**segctl.test_settings()) }}
{%- set since = segctl.tested_since() if stamps else none %}
{%- set rules = [] %}
{%- for column in not_null %}
{%- do rules.append((column ~ ' is missing', column ~ ' is null', none)) %}
{%- endfor %}
{%- for column, values in accepted.items() %}
{%- do rules.append((column ~ ' is none of its values', column ~ " not in ('" ~ values | join("', '") ~ "')", none)) %}
{%- endfor %}
{%- for columns in unique %}
{%- do rules.append((columns | join(', ') ~ ' are not unique', none, columns | join(', '))) %}
{%- endfor %}
with model as (
    select *
    from {{ model }}
    {%- if not in_build and flags.WHICH != 'test' %}
    where false
    {%- elif since %}
    where
        {%- for stamp in stamps %}
        {{ 'or ' if not loop.first }}{{ stamp }} > {{ since }}
        {%- endfor %}
    {%- endif %}
)

{% for fault, condition, grain in rules %}
select
    '{{ fault }}' as fault,
    count(*) as occurrences
from {{ 'model' if condition else '(select ' ~ grain ~ ' from model group by ' ~ grain ~ ' having count(*) > 1) as repeated' }}
{%- if condition %}
where {{ condition }}
{%- endif %}
having count(*) > 0
{{- '\nunion all' if not loop.last }}
{% endfor %}
{% endtest %}
