{#- The columns of customer_features that stand for a source's data and are made of other columns than in the last
    finished run. A difference there is no change of the data. -#}
{% macro incomparable_columns() %}
    {%- set sources = segctl.existing_relation('run_sources') if execute else none -%}
    {%- set events_by_column = model.config.meta.get('sources', {}) -%}
    {%- if not sources or not events_by_column -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set changed_sources = segctl.query_rows(
        'select present.source from ' ~ sources ~ ' as present inner join ' ~ sources ~ ' as former on present.source = former.source'
        ~ ' where present.run_id = ' ~ segctl.run_id() ~ ' and former.as_of = ' ~ segctl.since_last_run()
        ~ ' and present.columns_hash != former.columns_hash'
    ) | map(attribute='source') | list -%}
    {%- set columns = [] -%}
    {%- for column, events in events_by_column.items() if events | select('in', changed_sources) | list -%}
        {%- do columns.append(column) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}
