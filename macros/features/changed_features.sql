{#- The rows of the step `features` that differ from what the model's table holds, stamped with the run's instant; and for those
    that are gone from the source, their last row with `deleted_at`. On a first build: all rows. Its columns are those that the
    model's properties name. Each of the `inputs` in its meta is a column that says when the columns behind it last changed; a
    column that the table did not have yet tells of no change. With `known`, `features` has the rows of `stale_customers`, not of
    everybody. Where nobody's row `may_go`, those who are in the table and not in `features` are not looked for. -#}
{% macro changed_features(features, key='customer_id', known=none, may_go=true) %}
    {%- set as_of = segctl.as_of() -%}
    {%- set inputs = model.config.meta.get('inputs', {}) -%}
    {%- set columns = model.columns | reject('in', [key, 'deleted_at', 'changed_at']) | reject('in', inputs) | list -%}
    {%- set had = (known.columns if known else segctl.column_types(this) if segctl.is_recorded() else {}) | list %}
    {%- set incomparable = segctl.incomparable_columns() if segctl.is_recorded() and inputs else [] %}
select
    {{ features }}.{{ key }},
    {%- for some in columns | batch(4) %}
    {{ features }}.{{ some | join(', ' ~ features ~ '.') }},
    {%- endfor %}
    {%- for column, told_by in inputs.items() %}
    {{ segctl.input_changed_at(features, column, told_by | reject('in', incomparable) | list, key, had) }},
    {%- endfor %}
    cast(null as {{ segctl.timestamp_type() }}) as deleted_at,
    {{ as_of }} as changed_at
from {{ features }}
    {%- if segctl.is_recorded() %}
left join {{ this }} as previous on {{ features }}.{{ key }} = previous.{{ key }}
where
    previous.{{ key }} is null
    or previous.deleted_at is not null
    -- Written by a run as of a later instant that did not finish: a change is told as of this run, not after it.
    or previous.changed_at > {{ as_of }}
    {%- for some in segctl.differing_columns(features, 'previous', columns, had) | batch(3) %}
    or {{ some | join(' or ') }}
    {%- endfor %}
    {%- if may_go %}
union all
select
    previous.{{ key }},
    {%- for some in columns | batch(4) %}
    {% for column in some %}{{ 'previous.' if column in had else 'null as ' }}{{ column }}, {% endfor %}
    {%- endfor %}
    {%- for column in inputs %}
    {{ 'previous.' ~ column if column in had else 'cast(null as ' ~ segctl.timestamp_type() ~ ')' }},
    {%- endfor %}
    {{ as_of }} as deleted_at,
    {{ as_of }} as changed_at
from {{ this }} as previous
left join {{ features }} on previous.{{ key }} = {{ features }}.{{ key }}
where
    previous.deleted_at is null
    and {{ features }}.{{ key }} is null
    {%- if known %}
    and {{ segctl.is_stale('previous.' ~ key, known) }}
    {%- endif %}
    {%- endif %}
    {%- endif %}
{% endmacro %}

{#- The conditions that columns of a step are others than those of `previous`; of a column that this did not have, that it is set. -#}
{% macro differing_columns(features, previous, columns, had) %}
    {#- Said once: to find the macro of the engine takes dbt longer than all else. -#}
    {%- set differs, found = segctl.differs('$one', '$other'), [] -%}
    {%- for column in columns -%}
        {%- set there = features ~ '.' ~ column -%}
        {%- set condition = differs.replace('$one', there).replace('$other', previous ~ '.' ~ column) -%}
        {%- do found.append(condition if column in had else there ~ ' is not null') -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
