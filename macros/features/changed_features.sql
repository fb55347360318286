{#- The rows of the step `features` that differ from the model's table, stamped with the run's instant; and for members
    who are gone from the source, their last row with `deleted_at`. In a first build these are all rows. The columns are
    those of the model's properties. Each of the `inputs` in its meta is a column that says when the columns behind it
    last changed; a column that is new to the table is no change. With `known`, `features` holds only the rows of
    `stale_customers`. Without `may_go`, members who are missing from `features` are not looked for. -#}
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
    {%- for column, feature_names in inputs.items() %}
    {{ segctl.input_changed_at(features, column, feature_names | reject('in', incomparable) | list, key, had) }},
    {%- endfor %}
    cast(null as {{ segctl.timestamp_type() }}) as deleted_at,
    {{ as_of }} as changed_at
from {{ features }}
    {%- if segctl.is_recorded() %}
left join {{ this }} as previous on {{ features }}.{{ key }} = previous.{{ key }}
where
    previous.{{ key }} is null
    or previous.deleted_at is not null
    -- Written by an unfinished run as of a later instant: the change counts as of this run.
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

{#- The conditions that columns differ from those of `previous`. For a column that it lacks: that the new one is
    set. -#}
{% macro differing_columns(features, previous, columns, had) %}
    {#- Rendered once: finding the macro of the engine takes dbt longer than everything else here. -#}
    {%- set differs, conditions = segctl.differs('$left', '$right'), [] -%}
    {%- for column in columns -%}
        {%- set there = features ~ '.' ~ column -%}
        {%- set condition = differs.replace('$left', there).replace('$right', previous ~ '.' ~ column) -%}
        {%- do conditions.append(condition if column in had else there ~ ' is not null') -%}
    {%- endfor -%}
    {{ return(conditions) }}
{% endmacro %}
