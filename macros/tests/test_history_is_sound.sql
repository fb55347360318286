{#- Fails for every fault in the sizes and stays that a run has written, before it is published: malformed rows,
    overlapping stays, members who do not match the rules or the sizes. It also covers the `shared` tables, each with
    its key. -#}
{% test history_is_sound(model, entities, shared={}) %}
{{ config(**segctl.test_settings()) }}
{%- set since, rules = segctl.tested_since(), [] %}
{%- set questions = [segctl.well_formed(
    'run_sizes',
    not_null=['run_id', 'segment', 'size'],
    unique=[['run_id', 'segment']],
    accepted={'held_by': ['max_change', 'min_size', 'max_size', 'reused_name', 'renamed', 'group']}
)] %}
{%- for entity in entities %}
{%- set named = segctl.entity_names(entity) %}
{%- do questions.append(segctl.well_formed(
    named.prefix ~ 'segment_stays',
    not_null=['segment', named.key, 'joined_at', 'join_cause'],
    accepted={
        'join_cause': ['first_run', 'definition', 'enabled', 'activity', 'population', 'time'],
        'leave_cause': ['definition', 'activity', 'population', 'time', 'disabled', 'removed', 'deleted']
    },
    stamps=['joined_at', 'left_at'],
    since=since
)) %}
{%- do questions.append(segctl.stays_in_order(entity, since)) %}
{%- do questions.append(segctl.agrees_with_sizes(entity)) %}
{%- do rules.append(segctl.agrees_with_rules(entity)) %}
{%- endfor %}
{%- for table, key in shared.items() %}
{%- do questions.append(segctl.well_formed(
    table,
    not_null=['_share', key, '_valid_from'],
    unique=[['_share', key, '_valid_from']],
    stamps=['_valid_from', '_valid_to'],
    since=since
)) %}
{%- endfor %}
{{ segctl.faults(questions, of_steps=rules) }}
{% endtest %}
