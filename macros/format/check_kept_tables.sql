{#- Stops when one of the `kept_tables` should exist and does not: it was moved, or it is lost. Recreating it empty
    would bring back people who were erased. `format` is that of the tables; 0 stands for versions some of which knew no
    erasures. -#}
{% macro check_kept_tables(format) %}
    {%- set models = segctl.segment_models() | selectattr('config.materialized', 'eq', 'ephemeral') | map(attribute='name') | list -%}
    {%- for name in segctl.kept_tables() if name not in models -%}
        {%- do segctl.refuse('outdated-models', "the models in models/segments are those of an earlier version") -%}
    {%- endfor -%}
    {%- set sizes = segctl.existing_relation('run_sizes') if format == 0 else none -%}
    {%- set known = segctl.kept_tables() | list if format else [] -%}
    {%- if sizes and 'erased_count' in segctl.column_types(sizes) -%}
        {%- set known = ['erased_members', 'erasures'] -%}
    {%- endif -%}
    {%- set missing = [] -%}
    {%- for name in known if not segctl.existing_relation(name) -%}
        {%- do missing.append(segctl.model_relation(name) | string) -%}
    {%- endfor -%}
    {%- if missing and segctl.last_finished_run(or_at=true) -%}
        {%- do segctl.refuse(
            'missing-tables',
            "runs are recorded, and tables beside them are missing: " ~ missing | join(', ')
        ) -%}
    {%- endif -%}
{% endmacro %}
