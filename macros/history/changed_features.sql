{#- The rows of `features` that differ from what customer_features holds, stamped with the run's instant; and for
    those that are gone from the source, their last row with `deleted_at`. On a first build: all rows.
    `columns` are those of `features` but the key. -#}
{% macro changed_features(features, columns, key='customer_id') %}
    {%- set as_of = segctl.as_of() -%}
    {%- if not is_incremental() %}
select
    *,
    cast(null as timestamp) as deleted_at,
    {{ as_of }} as changed_at
from {{ features }}
    {%- else %}
    {%- set known = adapter.get_columns_in_relation(this) | map(attribute='name') | map('lower') | list %}
select
    {{ features }}.*,
    cast(null as timestamp) as deleted_at,
    {{ as_of }} as changed_at
from {{ features }}
left join {{ this }} as previous on {{ features }}.{{ key }} = previous.{{ key }}
where
    previous.{{ key }} is null
    or previous.deleted_at is not null
    {%- for column in columns %}
    {%- if column in known %}
    or {{ features }}.{{ column }} is distinct from previous.{{ column }}
    {%- else %}
    or {{ features }}.{{ column }} is not null
    {%- endif %}
    {%- endfor %}
union all
select
    previous.{{ key }},
    {%- for column in columns %}
    {{ 'previous.' if column in known else 'null as ' }}{{ column }},
    {%- endfor %}
    {{ as_of }} as deleted_at,
    {{ as_of }} as changed_at
from {{ this }} as previous
left join {{ features }} on previous.{{ key }} = {{ features }}.{{ key }}
where
    previous.deleted_at is null
    and {{ features }}.{{ key }} is null
    {%- endif %}
{% endmacro %}
