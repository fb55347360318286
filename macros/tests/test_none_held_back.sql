{#- Fails for every segment that a guard held back in the last run, so that the run ends with an error although all others
    are published. -#}
{% test none_held_back(model) %}
{{ config(**segctl.test_settings()) }}
select
    segment,
    held_by,
    held_joins,
    held_leaves
from {{ model }}
where
    held_by is not null
    and as_of = (select max(as_of) from {{ model }})
{% endtest %}
