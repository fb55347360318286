{#- The rows of `features` that differ from what customer_features holds, stamped with the run's instant; and for
    customers that are gone from the source, their last row with `deleted_at`. On a first build: all rows.
    `columns` are those of `features` but customer_id. -#}
{% macro changed_features(features, columns) %}
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
left join {{ this }} as previous on {{ features }}.customer_id = previous.customer_id
where
    previous.customer_id is null
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
    previous.customer_id,
    {%- for column in columns %}
    {{ 'previous.' if column in known else 'null as ' }}{{ column }},
    {%- endfor %}
    {{ as_of }} as deleted_at,
    {{ as_of }} as changed_at
from {{ this }} as previous
left join {{ features }} on previous.customer_id = {{ features }}.customer_id
where
    previous.deleted_at is null
    and {{ features }}.customer_id is null
    {%- endif %}
{% endmacro %}
