{#- The small tables that are kept beside those that dbt builds, each with its columns and their types. Commands and
    upgrades write their few rows, and runs read them. `make_kept_tables` creates them. Each has an ephemeral model of
    its name, which tells dbt its place, its columns and its readers, and costs a run nothing. -#}
{% macro kept_tables() %}
    {%- set text, instant = dbt.type_string(), segctl.timestamp_type() -%}
    {{ return({
        'erased_members': {'entity': text, 'salt': text, 'member_hash': text, 'erased_at': instant},
        'erasures': {
            'segment': text, 'as_of': instant, 'size': 'bigint', 'joined_count': 'bigint', 'left_count': 'bigint',
            'erased_at': instant
        },
        'segment_corrections': {
            'corrected_at': instant, 'operation': text, 'segment': text, 'since': instant, 'stays_added': 'bigint',
            'stays_removed': 'bigint', 'stays_changed': 'bigint'
        },
        'history_format': {
            'format_number': 'bigint', 'former_as_of': instant, 'brought_up_at': instant, 'changes_causes': 'boolean'
        }
    }) }}
{% endmacro %}
