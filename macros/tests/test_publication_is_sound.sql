{#- Fails for every fault in runs and views once a run is published, and for every segment that a guard held back, so
    that the run ends with an error although the other segments are published. Views that group all stays are slow and
    can hardly be wrong: `dbt build` leaves them to `dbt test`, and so it does `views`, each with its key, which others
    read. -#}
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
