{#- Of the rows of a table of ours that meet a condition, where they are more than 20,000, the further condition that a customer is
    among some: a sixteenth, others in each run. What a run asks of its own work is then asked of enough to find out what goes wrong
    of many; `dbt test` and `segctl verify` ask it of all. To compare 170,000 customers in 500 segments took a quarter of what
    the run took to find the changes. -#}
{% macro sample_if_many(table, key, condition) -%}
    {%- set relation = segctl.existing_relation(table) if execute and flags.WHICH == 'build' else none -%}
    {%- set counted = 'select count(*) as found from ' ~ relation ~ ' where ' ~ condition -%}
    {%- set many = relation and segctl.query_rows(counted)[0]['found'] | int > 20000 -%}
    {{ return(' and ' ~ segctl.sample_point(key, segctl.as_of_instant() | string) ~ " < '1'" if many else '') }}
{%- endmacro %}
