{#- The table that says up to which run each delivery has been sent the changes of each segment. It is where segment_runs is, so
    that it survives whatever becomes of the machine that sends, and it holds nobody's key. `segctl deliver` makes and writes it;
    no run reads it, and no history depends on it. -#}
{% macro deliveries_table() %}
    {%- if not execute -%}
        {{ return(api.Relation.create(identifier='segment_deliveries')) }}
    {%- endif -%}
    {%- set node = segctl.segment_model('segment_runs') -%}
    {%- if not node -%}
        {%- do segctl.refuse('missing-model', "this project has no model segment_runs: segctl render writes it") -%}
    {%- endif -%}
    {{ return(api.Relation.create(
        database=node.database, schema=node.schema, identifier='segment_deliveries', type='table'
    )) }}
{% endmacro %}

{#- Its columns and their types. A delivery that has begun and has not sent all members as of `as_of` yet is `begun`. -#}
{% macro deliveries_columns() %}
    {%- set text, instant = dbt.type_string(), segctl.timestamp_type() -%}
    {{ return({
        'delivery': text, 'segment': text, 'is_begun': 'boolean', 'run_id': text, 'as_of': instant, 'invocation_id': text,
        'noted_at': instant
    }) }}
{% endmacro %}

{#- For `dbt run-operation`: makes it, unless it is there. -#}
{% macro create_deliveries_table() %}
    {%- if not segctl.existing_deliveries_table() -%}
        {%- set table = segctl.deliveries_table() -%}
        {%- do adapter.dispatch('in_one_transaction', 'segctl')([segctl.create_recorded(table, segctl.empty_deliveries())]) -%}
    {%- endif -%}
{% endmacro %}

{#- The table when it has been made, none when it has not. -#}
{% macro existing_deliveries_table() %}
    {%- set table = segctl.deliveries_table() -%}
    {{ return(adapter.get_relation(database=table.database, schema=table.schema, identifier=table.identifier)
        if execute else none) }}
{% endmacro %}

{#- A query of its rows; of none as long as it has not been made. -#}
{% macro deliveries() -%}
    {%- if segctl.existing_deliveries_table() -%}
select {{ segctl.deliveries_columns() | join(', ') }} from {{ segctl.deliveries_table() }}
    {%- else -%}
{{ segctl.empty_deliveries() }}
    {%- endif -%}
{%- endmacro %}

{% macro empty_deliveries() -%}
select
    {%- for column, type in segctl.deliveries_columns().items() %}
    cast(null as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
{{ segctl.no_rows() }}
{%- endmacro %}
