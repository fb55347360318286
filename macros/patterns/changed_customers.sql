{#- The step of a pattern whose customers may have another answer now: those in the model `changed` with changed events
    in one of the pattern's sources, or with an event that crossed one of its boundaries. `boundaries` are pairs by
    source: the boundary in the last run, and in this one. -#}
{% macro changed_customers(changed, boundaries) -%}
select distinct customer_id
    from {{ changed }}
    where
        {%- for source, pairs in boundaries.items() %}
        {{ 'or ' if not loop.first }}(source = '{{ source }}' and (passed_at is null
        {%- for former, present in pairs %} or {{ segctl.lies_between('passed_at', former, present) }}{% endfor %}))
        {%- endfor %}
{%- endmacro %}

{#- Selects the customers with changed events in the table of a source; all customers where that is unknown. -#}
{% macro changed_events(source, table, stamp, known) -%}
select '{{ source }}' as source, cast(null as {{ segctl.timestamp_type() }}) as passed_at, customer_id
    from {{ table }}
    {{ segctl.changed_since(known, [stamp, 'deleted_at']) }}
{%- endmacro %}

{#- Selects the events of a source that may have crossed a boundary, under the name of the selection that a pattern
    looks for. The caller adds the conditions. -#}
{% macro passed_events(name, events, at, customer) -%}
select '{{ name }}' as source, cast({{ at }} as {{ segctl.timestamp_type() }}) as passed_at, {{ customer }} as customer_id
    from {{ events }}
{%- endmacro %}

{#- The condition that a pattern's steps evaluate a customer's events: true for all, or, where few events changed, only
    for customers in the step `looked_at`. -#}
{% macro is_evaluated(key, known) -%}
    {{ key ~ ' in (select looked_at.customer_id from looked_at)' if segctl.evaluates_few(known) else 'true' }}
{%- endmacro %}

{#- Whether a pattern evaluates only a few customers. Not where an engine repeats steps: each step of the pattern would
    find the changed customers again. Spark, 10 M events of a million customers, few of them changed: 56 s, against 30 s
    for everybody. -#}
{% macro evaluates_few(known) %}
    {{ return(known and known.few_changed and not segctl.if_steps_repeat(true, false)) }}
{% endmacro %}

{#- The rows of evaluated customers who have no answer in the pattern's last step, each column with its default (empty:
    missing). Empty where all customers were evaluated. -#}
{% macro default_answers(step, columns, known) -%}
{%- if segctl.evaluates_few(known) %}
union all
select {% for column, default in columns.items() %}{{ default or 'null' }} as {{ column }}, {% endfor %}customer_id
from looked_at
where not exists (select 1 from {{ step }} where {{ step }}.customer_id = looked_at.customer_id)
{%- endif -%}
{%- endmacro %}

{#- The columns of pattern_features, one for each pattern: its new answer for evaluated customers, the known one for
    others. `patterns` are triples: the model, the column, the default. A `drifting` one evaluates everybody. -#}
{% macro pattern_columns(patterns, drifting, known) -%}
    {%- for step, column, default in patterns %}
        {%- set answer = step ~ '.' ~ column %}
        {%- if segctl.evaluates_few(known) and column not in drifting %}
            {%- set answer = 'case when ' ~ step ~ '.customer_id is not null then ' ~ answer ~ ' else known.' ~ column ~ ' end' %}
        {%- endif %}
        {{ segctl.or_default(answer, default) }} as {{ column }},
    {%- endfor %}
{%- endmacro %}

{#- Whether few rows of the tables have changed events since an instant; `tables` are relations, each with the column
    that says when. Leaving out most customers costs each step of each pattern a join. DuckDB, 10 M events of a million
    customers, favourites and sequences over a year: 17,000 customers take a tenth to a half of the time for all, and a
    fifth of the customers three times as much. -#}
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
    {%- set counts = run_query(counted).rows -%}
    {%- set changed = counts | map(attribute=1) | map('default', 0, true) | map('int') | sum -%}
    {{ return(changed <= 10000 or changed * 20 <= counts | map(attribute=0) | map('int') | sum) }}
{% endmacro %}
