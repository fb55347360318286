{#- Creates the `kept_tables` that are missing, except those in `but`. Also for `dbt run-operation`, when one is lost
    for good. Where each statement is a transaction of its own, the number of the format comes last. -#}
{% macro make_kept_tables(but=()) %}
    {%- set statements, created = [], [] -%}
    {%- for name in segctl.kept_tables() if name not in but and not segctl.existing_relation(name) -%}
        {%- set table = segctl.model_relation(name) -%}
        {%- if not adapter.check_schema_exists(table.database, table.schema) -%}
            {%- do adapter.create_schema(table.without_identifier()) -%}
        {%- endif -%}
        {%- do statements.append(segctl.create_recorded(table, segctl.initial_rows(name))) -%}
        {%- do created.append((table, segctl.segment_model(name).config.grants)) -%}
    {%- endfor -%}
    {%- if statements -%}
        {%- do adapter.dispatch('in_one_transaction', 'segctl')(statements) -%}
    {%- endif -%}
    {%- for table, grants in created -%}
        {%- do segctl.register_table(table) -%}
        {%- if grants -%}
            {#- Begins the transaction, since grants are not sent as a statement. -#}
            {% call statement() %}select 1{% endcall %}
            {%- do apply_grants(table, grants, should_revoke=false) -%}
            {%- do adapter.commit() -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}

{#- The query of a kept table's initial rows: none, except the number of the format. -#}
{% macro initial_rows(name) -%}
    {%- if name == 'history_format' -%}
        {{ return(segctl.format_row(segctl.current_format(), none, false)) }}
    {%- endif -%}
select
    {%- for column, type in segctl.kept_tables()[name].items() %}
    cast(null as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
{{ segctl.no_rows() }}
{%- endmacro %}

{#- The row of a format: the instant of the last finished run before it, as SQL (none: there was none), and whether it
    decides causes differently. -#}
{% macro format_row(number, former_as_of, changes_causes) -%}
select
    cast({{ number }} as bigint) as format_number,
    cast({{ former_as_of or 'null' }} as {{ segctl.timestamp_type() }}) as former_as_of,
    {{ segctl.timestamp_of(segctl.invoked_at()) }} as brought_up_at,
    {{ 'true' if changes_causes else 'false' }} as changes_causes
{%- endmacro %}
