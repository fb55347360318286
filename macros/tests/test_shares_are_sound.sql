{#- Fails for every key that is missing, or there twice, in what others read of segments: `tables` are those that runs write, `views`
    those on them, each with its key. A view on a table that is sound can hardly be wrong: `dbt build` leaves those to `dbt test`. -#}
{% test shares_are_sound(model, tables, views) %}
{{ config(**segctl.test_settings()) }}
{%- set since, questions = segctl.tested_since(), [] %}
{%- for table, key in tables.items() %}
{%- do questions.append(segctl.well_formed(
    table,
    not_null=['share', key, '_valid_from'],
    unique=[['share', key, '_valid_from']],
    stamps=['_valid_from', '_valid_to'],
    since=since
)) %}
{%- endfor %}
{%- set of_views = [] %}
{%- for view, key in views.items() %}
{%- do of_views.append(segctl.well_formed(view, not_null=[key], unique=[[key]])) %}
{%- endfor %}
{{ segctl.faults(questions + ([] if flags.WHICH == 'build' else of_views)) }}
{% endtest %}
