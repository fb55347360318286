{#- A further condition for more than 20,000 rows: the customer is in a sample of a sixteenth, another in each run. A
    run then checks enough of its work to find systematic errors; `dbt test` and `segctl verify` check everything.
    Comparing 170,000 customers in 500 segments took a quarter as long as finding the changes. -#}
{% macro sample_if_many(table, key, condition) -%}
    {%- set relation = segctl.existing_relation(table) if execute and flags.WHICH == 'build' else none -%}
    {%- set counted = 'select count(*) as found from ' ~ relation ~ ' where ' ~ condition -%}
    {%- set many = relation and segctl.query_rows(counted)[0]['found'] | int > 20000 -%}
    {{ return(' and ' ~ segctl.sample_point(key, segctl.as_of_instant() | string) ~ " < '1'" if many else '') }}
{%- endmacro %}
