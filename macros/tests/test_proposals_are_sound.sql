{#- Fails for every fault in what a run has computed before it changes a history: features, versions of definitions,
    proposals. `features` are tables, each with its key; `entities` are those with segments. In a first run each
    proposal is a column of one row of features, whose keys are unique, so that no proposal can occur twice. -#}
{% test proposals_are_sound(model, features, entities) %}
{{ config(**segctl.test_settings()) }}
{%- set since, questions = segctl.tested_since(), [] %}
{%- for table, key in features.items() %}
{%- do questions.append(segctl.well_formed(
    table, not_null=[key, 'changed_at'], unique=[[key]], stamps=['changed_at'], since=since
)) %}
{%- endfor %}
{%- do questions.append(segctl.well_formed(
    'definition_versions',
    not_null=['segment', 'valid_from', 'version', 'definition_hash'],
    unique=[['segment', 'version'], ['segment', 'valid_from']]
)) %}
{%- for entity in entities %}
{%- set named = segctl.entity_names(entity) %}
{%- do questions.append(segctl.well_formed(
    named.prefix ~ 'segment_proposals',
    not_null=['segment', named.key, 'joined_at', 'cause'],
    unique=[] if segctl.is_first_build() else [['segment', named.key]],
    accepted={'change': ['join', 'leave']}
)) %}
{%- endfor %}
{{ segctl.faults(questions) }}
{% endtest %}
