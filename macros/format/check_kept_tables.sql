{#- Refuses to go on where one of `kept_tables` should stand and does not: it is where the models were told to be before, or it is
    lost. To make it anew, without rows, would bring back whom no run may bring back. `format` is that of the tables; 0 is that
    of versions some of which knew of no erasures yet. -#}
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
