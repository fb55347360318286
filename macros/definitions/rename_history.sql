{#- Statements that give the history of a renamed segment its new name, in every table that holds names. They run in one
    transaction where the engine has them. The definitions say which name a segment had (`formerly`). A hook of
    definition_versions; it finds nothing to do once it has run. Stops when a finished run has published the new name,
    which then has a history of its own. A new name that was only held back or written by unfinished runs gives way: its
    versions are deleted, and its sizes in runs that also have the old name's. -#}
{% macro rename_history() %}
    {%- set versions = segctl.existing_relation('definition_versions') -%}
    {%- set formerly = {} -%}
    {%- for segment in segctl.declared('declared_segments') if segment.formerly -%}
        {%- do formerly.update({segment.segment: segment.formerly}) -%}
    {%- endfor -%}
    {%- if not versions or not formerly -%}
        {{ return('') }}
    {%- endif -%}
    {%- set names = run_query('select distinct segment from ' ~ versions).columns[0].values() | list -%}
    {%- set published = segctl.published_segments() -%}
    {%- set statements = [] -%}
    {%- for name, old in formerly.items() if old in names -%}
        {%- if name in names and name in published -%}
            {%- do segctl.refuse(
                'rename-conflict',
                "segment " ~ name ~ " was called " ~ old ~ ", and both have a history: it cannot be carried over"
            ) -%}
        {%- endif -%}
        {%- if name in names -%}
            {%- do statements.append("delete from " ~ versions ~ " where segment = '" ~ name ~ "'") -%}
        {%- endif -%}
        {%- set sizes = segctl.existing_relation('run_sizes') -%}
        {%- if sizes -%}
            {%- do statements.append(
                "delete from " ~ sizes ~ " where segment = '" ~ name ~ "'"
                ~ " and as_of in (select as_of from " ~ sizes ~ " where segment = '" ~ old ~ "')"
            ) -%}
        {%- endif -%}
        {%- for table in segctl.tables_with_segment_names() -%}
            {%- do statements.append("update " ~ table ~ " set segment = '" ~ name ~ "' where segment = '" ~ old ~ "'") -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(adapter.dispatch('as_hook', 'segctl')(statements)) }}
{% endmacro %}

{#- Statements as the text of a hook. -#}
{% macro default__as_hook(statements) %}
    {{ return(statements | join(';\n')) }}
{% endmacro %}

{#- Spark takes one statement at a time. They run while the hook is rendered, which is then empty. -#}
{% macro spark__as_hook(statements) %}
    {%- do segctl.spark__in_one_transaction(statements) -%}
    {{ return('') }}
{% endmacro %}

{#- Trino takes one statement at a time, too. -#}
{% macro trino__as_hook(statements) %}
    {{ return(segctl.spark__as_hook(statements)) }}
{% endmacro %}
