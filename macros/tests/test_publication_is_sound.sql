{#- Fails when a run is published for every fault of runs and views, and for every segment that a guard held back in it, so that the
    run ends with an error although all others are published. A view that groups by its key goes through all stays to answer,
    and can hardly be wrong: `dbt build` leaves those to `dbt test`, as it does `views`, which others read, each with its key. -#}
{% test publication_is_sound(model, entities, views={}) %}
{{ config(**segctl.test_settings()) }}
{%- set questions = [
    segctl.held_back_segments(),
    segctl.well_formed('segment_runs', not_null=['run_id', 'as_of'], unique=[['run_id'], ['as_of']])
] %}
{%- set of_all_stays = [
    segctl.well_formed(
        'segment_migrations',
        not_null=['run_id', 'as_of', 'exclusive_group'],
        unique=[['run_id', 'exclusive_group', 'from_segment', 'to_segment']]
    ),
    segctl.well_formed(
        'segment_customers',
        not_null=['segment', 'customer_id', 'first_joined_at', 'last_joined_at', 'days_in'],
        unique=[['segment', 'customer_id']]
    ),
    segctl.well_formed('segment_flapping', not_null=['segment', 'flapping_share'], unique=[['segment']])
] %}
{%- for entity in entities %}
{%- set named = segctl.entity_names(entity) %}
{%- do of_all_stays.append(segctl.well_formed(
    named.prefix ~ 'segment_membership',
    not_null=['segment', named.key, 'joined_at'],
    unique=[['segment', named.key]]
)) %}
{%- endfor %}
{%- for view, key in views.items() %}
{%- do of_all_stays.append(segctl.well_formed(view, not_null=[key], unique=[[key]])) %}
{%- endfor %}
{{ segctl.faults(questions + ([] if flags.WHICH == 'build' else of_all_stays)) }}
{% endtest %}
