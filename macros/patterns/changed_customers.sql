{#- The step of a pattern that tells whose answer may not be what is known: those in the model `changed` who have other events in
    one of the pattern's sources, or one that has passed one of its boundaries there. Of each source what each boundary was then
    and is now. -#}
{% macro changed_customers(changed, boundaries) -%}
select distinct customer_id
    from {{ changed }}
    where
        {%- for source, pairs in boundaries.items() %}
        {{ 'or ' if not loop.first }}(source = '{{ source }}' and (passed_at is null
        {%- for former, present in pairs %} or {{ segctl.lies_between('passed_at', former, present) }}{% endfor %}))
        {%- endfor %}
{%- endmacro %}

{#- A select of the customers in the table of a source whose events have changed since the last run: of everybody, where that cannot
    be told. -#}
{% macro changed_events(source, table, stamp, known) -%}
select '{{ source }}' as source, cast(null as {{ segctl.timestamp_type() }}) as passed_at, customer_id
    from {{ table }}
    {{ segctl.changed_since(known, [stamp, 'deleted_at']) }}
{%- endmacro %}

{#- A select of the events of a source, by the name of those that a pattern looks for, that may have passed one of its boundaries;
    without its conditions. -#}
{% macro passed_events(name, events, at, customer) -%}
select '{{ name }}' as source, cast({{ at }} as {{ segctl.timestamp_type() }}) as passed_at, {{ customer }} as customer_id
    from {{ events }}
{%- endmacro %}

{#- The condition that the steps of a pattern look at a customer's events: everybody's, or, where few have other events than the
    last run has seen, of those only who are in the pattern's step `looked_at`. -#}
{% macro is_evaluated(key, known) -%}
    {{ key ~ ' in (select looked_at.customer_id from looked_at)' if segctl.evaluates_few(known) else 'true' }}
{%- endmacro %}

{#- Not where steps are repeated: whom a pattern looks at would be found by each of its steps anew. Spark, 10 M events of a million
    customers, of whom few have others: 56 s, and 30 for everybody. -#}
{% macro evaluates_few(known) %}
    {{ return(known and known.few_changed and not segctl.if_steps_repeat(true, false)) }}
{% endmacro %}

{#- The rows of those whom a pattern has looked at and who have no answer in its last step: of each column what
    it is then (empty: missing). Nothing where it has looked at everybody. -#}
{% macro default_answers(step, columns, known) -%}
{%- if segctl.evaluates_few(known) %}
union all
select {% for column, default in columns.items() %}{{ default or 'null' }} as {{ column }}, {% endfor %}customer_id
from looked_at
where not exists (select 1 from {{ step }} where {{ step }}.customer_id = looked_at.customer_id)
{%- endif -%}
{%- endmacro %}

{#- The columns of pattern_features, each of the model with the steps of one: its answer for those whom it has looked at, what is
    known of the others. Of each its model, the column and what it is without an answer. One that `drifts` looks at everybody. -#}
{% macro pattern_columns(patterns, drifting, known) -%}
    {%- for step, column, default in patterns %}
        {%- set answer = step ~ '.' ~ column %}
        {%- if segctl.evaluates_few(known) and column not in drifting %}
            {%- set answer = 'case when ' ~ step ~ '.customer_id is not null then ' ~ answer ~ ' else known.' ~ column ~ ' end' %}
        {%- endif %}
        {{ segctl.or_default(answer, default) }} as {{ column }},
    {%- endfor %}
{%- endmacro %}

{#- Whether few rows of tables of features tell of other events since an instant: of each its relation and the column that says
    when these last changed. To leave out all customers but some costs each step of each pattern a join. DuckDB, 10 M events of
    a million customers, favourite values and sequences over a year: of 17,000 customers in a tenth to a half of the time for all;
    of a fifth in three times as much. -#}
{% macro few_changed(tables, since) %}
    {%- set counted -%}
        {%- for table, changed_at in tables %}
        select
            count(*) as row_count,
            sum(case when {{ changed_at }} > {{ segctl.timestamp_of(since) }} then 1 else 0 end) as changed_count
        from {{ table }}
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    {%- endset -%}
    {%- set found = run_query(counted).rows -%}
    {%- set changed = found | map(attribute=1) | map('default', 0, true) | map('int') | sum -%}
    {{ return(changed <= 10000 or changed * 20 <= found | map(attribute=0) | map('int') | sum) }}
{% endmacro %}
