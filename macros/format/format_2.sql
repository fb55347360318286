{#- The step to format 2. The line of a definition (source_line) is no longer recorded. The hash that was part of column
    names in customer_features becomes a column of run_sources. -#}
{% macro format_2() %}
    {%- set step = {'statements': [], 'renamed': [], 'views': [], 'changes_causes': false} -%}
    {%- set versions = segctl.existing_relation('definition_versions') -%}
    {%- if versions and 'source_line' in segctl.column_types(versions) -%}
        {%- set definitions = segctl.existing_relation('segment_definitions') -%}
        {%- set views = {definitions: segctl.definitions_before_rebuild(versions, definitions)} if definitions and definitions.is_view else {} -%}
        {%- do step.update({'statements': adapter.dispatch('drop_source_line', 'segctl')(versions, views)}) -%}
    {%- endif -%}
    {%- do step.statements.extend(segctl.rename_data_columns()) -%}
    {{ return(step) }}
{% endmacro %}

{#- The statements that remove the hash from column names of customer_features and add a column for it to
    run_sources. -#}
{% macro rename_data_columns() %}
    {%- set statements = [] -%}
    {%- set sources, features = segctl.existing_relation('run_sources'), segctl.existing_relation('customer_features') -%}
    {%- if sources and 'columns_hash' not in segctl.column_types(sources) -%}
        {%- do statements.append('alter table ' ~ sources ~ ' add column columns_hash ' ~ dbt.type_string()) -%}
    {%- endif -%}
    {#- Delta cannot rename a column of a table without column mapping. There, one run knows less about causes. -#}
    {%- for column in (segctl.column_types(features) if features and segctl.table_format() != 'delta' else []) -%}
        {%- if modules.re.match('.*__data_[0-9a-f]{6}$', column) -%}
            {%- do statements.append('alter table ' ~ features ~ ' rename column ' ~ column ~ ' to ' ~ column[:-7]) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(statements) }}
{% endmacro %}

{#- The query of segment_definitions until a run replaces the view: readers find what they found before, without the
    line. -#}
{% macro definitions_before_rebuild(versions, view) %}
    {%- set runs = segctl.existing_relation('segment_runs') -%}
    {%- set last = '(select max(as_of) from ' ~ runs ~ ')' -%}
    {%- set ends = 'case when versions.valid_to <= ' ~ last ~ ' then versions.valid_to end as valid_to' -%}
    {%- set columns = [] -%}
    {%- for column in segctl.column_types(view) if column != 'source_line' -%}
        {%- do columns.append(ends if runs and column == 'valid_to' else 'versions.' ~ column) -%}
    {%- endfor -%}
    {%- set published = ' where versions.valid_from <= ' ~ last if runs else '' -%}
    {{ return('select ' ~ columns | join(', ') ~ ' from ' ~ versions ~ ' as versions' ~ published) }}
{% endmacro %}

{% macro default__drop_source_line(versions, views) %}
    {%- set statements = [] -%}
    {%- for view, query in views.items() -%}
        {%- do statements.append(adapter.dispatch('replace_view', 'segctl')(view, query)) -%}
    {%- endfor -%}
    {{ return(statements + ['alter table ' ~ versions ~ ' drop column source_line']) }}
{% endmacro %}

{#- PostgreSQL drops no column that a view reads. -#}
{% macro postgres__drop_source_line(versions, views) %}
    {{ return(segctl.alter_below_views(
        [{'table': versions, 'column': 'source_line'}],
        ['alter table ' ~ versions ~ ' drop column source_line'],
        segctl.with_code('view-reads-column', 'source_line, which is not recorded any more, cannot be taken away'),
        views
    )) }}
{% endmacro %}

{#- Redshift replaces a view in place only by one with the same columns. -#}
{% macro redshift__drop_source_line(versions, views) %}
    {%- set statements = [] -%}
    {%- for view in views -%}
        {%- do statements.append('drop view ' ~ view) -%}
    {%- endfor -%}
    {{ return(statements + segctl.default__drop_source_line(versions, views)) }}
{% endmacro %}

{#- Iceberg's catalogs do not list views among tables, so the view is created in any case. Delta drops no column of a
    table without column mapping. -#}
{% macro spark__drop_source_line(versions, views) %}
    {%- set statements = [] -%}
    {%- if segctl.table_format() == 'delta' -%}
        {%- do statements.append(
            'alter table ' ~ versions ~ " set tblproperties ('delta.columnMapping.mode' = 'name',"
            ~ " 'delta.minReaderVersion' = '2', 'delta.minWriterVersion' = '5')"
        ) -%}
    {%- endif -%}
    {%- set view = segctl.model_relation('segment_definitions') -%}
    {%- set rebuilt = views or {view: segctl.definitions_before_rebuild(versions, versions)} -%}
    {{ return(statements + segctl.default__drop_source_line(versions, rebuilt)) }}
{% endmacro %}
