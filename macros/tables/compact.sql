{#- For `dbt run-operation`: rewrites our tables into few files, and expires what they held more than `keep_days` days
    ago. Only then do deleted rows leave the storage. -#}
{% macro compact(keep_days) %}
    {%- for table in segctl.tables_to_compact() -%}
        {%- do adapter.dispatch('compact_table', 'segctl')(table, keep_days) -%}
    {%- endfor -%}
{% endmacro %}

{#- The tables that runs write, where an engine never changes a file once it is written. Other engines reclaim space
    themselves. -#}
{% macro tables_to_compact() %}
    {{ return(adapter.dispatch('tables_to_compact', 'segctl')()) }}
{% endmacro %}

{% macro default__tables_to_compact() %}
    {{ return([]) }}
{% endmacro %}

{#- Proposals are recreated by each run and name people too: their former rows stay in snapshots. -#}
{% macro spark__tables_to_compact() %}
    {%- if segctl.table_format() != 'iceberg' -%}
        {%- do segctl.refuse(
            'not-iceberg',
            'only Iceberg tables are compacted by segctl: optimize and vacuum see to those of Delta'
        ) -%}
    {%- endif -%}
    {%- set tables = [] -%}
    {%- set recorded = segctl.recorded_models() -%}
    {%- for node in segctl.segment_models() if node in recorded or node.name.endswith('segment_proposals') -%}
        {%- do tables.append(node.schema ~ '.' ~ node.alias) -%}
    {%- endfor -%}
    {#- dbt renders the query that asks for them once before it knows its models. -#}
    {%- if execute -%}
        {%- set lock = segctl.lock_table() -%}
        {%- do tables.append(lock.schema ~ '.' ~ lock.identifier) -%}
    {%- endif -%}
    {{ return(tables | sort) }}
{% endmacro %}

{% macro default__compact_table(table, keep_days) %}
{% endmacro %}

{#- Iceberg's procedures. The rewritten files leave out rows that a merge has marked as deleted. -#}
{% macro spark__compact_table(table, keep_days) %}
    {% call statement() %}
        call system.rewrite_data_files(table => '{{ table }}', options => map('delete-file-threshold', '1'))
    {% endcall %}
    {% call statement() %}
        call system.rewrite_manifests(table => '{{ table }}')
    {% endcall %}
    {%- set until = run_query("select cast(current_timestamp() - interval '" ~ keep_days ~ " days' as string)").rows[0][0] -%}
    {% call statement() %}
        call system.expire_snapshots(table => '{{ table }}', older_than => timestamp '{{ until }}', retain_last => 1)
    {% endcall %}
{% endmacro %}
