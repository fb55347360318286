{#- How a run reads a source with a promise: a new or changed row has a later time in the column `stamp`, an expression
    over `relation`. All instants are naive UTC. Rows after `read_since` are new since the run before; none: all rows
    are read. Up to `settled_at`, `late_by` hours before the latest stamp, later runs will find nothing new.
    `checked_at` is the last run that read all rows, at least every `check_every` hours; such a run also counts the days
    of a source that `is_counted`, up to `counted_until`, and the check before it counted up to `counted_then`. `known`
    is the state of source_days. -#}
{% macro promise_state(source, relation, stamp, check_every, late_by, is_counted, known) %}
    {%- set facts = segctl.source_facts(known.table, source) if known else {} -%}
    {%- set now, hours = segctl.as_of_instant(), modules.datetime.timedelta(hours=1) -%}
    {%- set since = facts.get('settled_at') -%}
    {%- set checked = facts.get('checked_at') -%}
    {%- set is_checked = not checked or checked + hours * check_every <= now -%}
    {%- set later = ' and ' ~ stamp ~ ' > ' ~ segctl.timestamp_of(since) if since else '' -%}
    {%- set latest = run_query(
        'select ' ~ segctl.timestamp_text('max(' ~ stamp ~ ')') ~ ' as latest from ' ~ relation
        ~ ' where ' ~ stamp ~ ' <= ' ~ segctl.as_of() ~ later
    ).columns[0].values()[0] if execute else none -%}
    {%- set settled = modules.datetime.datetime.fromisoformat(latest) - hours * late_by if latest else none -%}
    {{ return({
        'read_since': since,
        'settled_at': [settled, since] | select | list | max if settled or since else none,
        'counted_then': facts.get('counted_until'),
        'counted_until': settled if is_checked else facts.get('counted_until'),
        'checked_at': now if is_checked else checked,
        'is_counted': is_checked and is_counted,
    }) }}
{% endmacro %}

{#- The boundary up to which the kept days have been counted; none where that is unknown. -#}
{% macro seen_until(promise) %}
    {{ return(segctl.timestamp_of(promise.counted_then) if promise.counted_then else none) }}
{% endmacro %}

{#- The condition that a row is counted with its day, because no later run will see it as new. -#}
{% macro is_settled(stamp, promise) -%}
    {{ stamp ~ ' <= ' ~ segctl.timestamp_of(promise.counted_until) if promise.counted_until else '1 = 0' }}
{%- endmacro %}

{#- Whether this run reads all rows of a source with a promise; false without a source. -#}
{% macro is_checked(source) %}
    {%- set days = segctl.existing_relation('source_days') if source else none -%}
    {%- set facts = segctl.source_facts(days, source) if days else {} -%}
    {{ return(facts.get('checked_at') == segctl.as_of_instant() if facts else false) }}
{% endmacro %}

{#- The condition that a row may be new or changed, by the promise about its time. A row without a time always may
    be. -#}
{% macro is_unsettled(stamp, since) -%}
({{ stamp }} > {{ segctl.timestamp_of(since) }} or {{ stamp }} is null)
{%- endmacro %}

{#- Warns, after a full check of a source, if its promise was broken: how many customers have changed rows without a
    later time, and on which days, where rows are never to change. Runs after `table` and its column `changed_at` have
    been updated. -#}
{% macro warn_broken_promise(source, promise, table, changed_at, relation, customer, stamp, at) %}
    {%- set days = segctl.existing_relation('source_days') if execute and flags.WHICH in ('build', 'run') else none -%}
    {%- set facts = segctl.source_facts(days, source) if days else {} -%}
    {%- set as_of = segctl.as_of_instant() -%}
    {%- if not facts or facts.checked_at != as_of or facts.changed_at != as_of or not facts.compared_with or not facts.read_since -%}
        {{ return('') }}
    {%- endif -%}
    {%- set customers = run_query(
        'select count(*) as customers from ' ~ table ~ ' as features where (' ~ changed_at ~ ' = ' ~ segctl.as_of() ~ ' or deleted_at = '
        ~ segctl.as_of() ~ ') and not exists (select 1 from ' ~ relation ~ ' as events where events.' ~ customer
        ~ ' = features.customer_id and (' ~ segctl.is_unsettled(stamp, facts.read_since) ~ ' or ' ~ at ~ ' > '
        ~ segctl.timestamp_of(facts.compared_with) ~ '))'
    ).columns[0].values()[0] | int -%}
    {%- set differing = segctl.query_rows(
        'select count(distinct day) as days, min(day) as first_day, max(day) as last_day, sum(differed_by) as more from ' ~ days
        ~ " where source = '" ~ source ~ "' and bucket >= 0 and differed_at = " ~ segctl.as_of()
    )[0] -%}
    {%- set parts = [] -%}
    {%- if differing['days'] -%}
        {%- set further = differing['more'] | int -%}
        {%- do parts.append(
            'events of ' ~ differing['days'] ~ (' days, ' if differing['days'] > 1 else ' day, ') ~ differing['first_day'] ~ ' to ' ~ differing['last_day']
            ~ (' (' ~ further | abs ~ (' more' if further > 0 else ' fewer') ~ ' than before)' if further else '')
        ) -%}
    {%- endif -%}
    {%- do parts.append('events of ' ~ customers ~ (' customers' if customers > 1 else ' customer')) if customers -%}
    {%- if parts -%}
        {%- do exceptions.warn(
            'segctl: ' ~ source ~ ': ' ~ parts | join(' and ') ~ ' have changed, against the promise "' ~ promise
            ~ '", since the last check; this run has read them all again'
        ) -%}
    {%- endif -%}
    {{ return('') }}
{% endmacro %}
