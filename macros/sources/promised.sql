{#- How a run reads a source of which is promised that whatever is new in it, or not as it was, bears a later time in a column, `stamp`:
    an expression over `relation`. Naive UTC instants: later than `read_since` is what the run before has not seen; none: all
    rows are read. Up to `settled_at` nothing will be new for later runs: `late_by` before the latest time that there is.
    `checked_at` is the last run that has looked at all rows, at least every `check_every`: this run where it does, and then the days of a source that `is_counted` are, up to
    `counted_until`; the last check has, up to `counted_then`. Both are numbers of hours. `known` is what is known of the days of sources. -#}
{% macro promise_state(source, relation, stamp, check_every, late_by, is_counted, known) %}
    {%- set told = segctl.source_facts(known.table, source) if known else {} -%}
    {%- set now, hours = segctl.as_of_instant(), modules.datetime.timedelta(hours=1) -%}
    {%- set since = told.get('settled_at') -%}
    {%- set checked = told.get('checked_at') -%}
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
        'counted_then': told.get('counted_until'),
        'counted_until': settled if is_checked else told.get('counted_until'),
        'checked_at': now if is_checked else checked,
        'is_counted': is_checked and is_counted,
    }) }}
{% endmacro %}

{#- The boundary up to which the days that are kept have been counted; none where that cannot be told. -#}
{% macro seen_until(promise) %}
    {{ return(segctl.timestamp_of(promise.counted_then) if promise.counted_then else none) }}
{% endmacro %}

{#- The condition that a row is counted with its day: it will not be new to a later run. -#}
{% macro is_settled(stamp, promise) -%}
    {{ stamp ~ ' <= ' ~ segctl.timestamp_of(promise.counted_until) if promise.counted_until else '1 = 0' }}
{%- endmacro %}

{#- Whether this run looks at all rows of a source of which something is promised; of none: false. -#}
{% macro is_checked(source) %}
    {%- set days = segctl.existing_relation('source_days') if source else none -%}
    {%- set told = segctl.source_facts(days, source) if days else {} -%}
    {{ return(told.get('checked_at') == segctl.as_of_instant() if told else false) }}
{% endmacro %}

{#- The condition that a row may be new, or not as it was, by what is promised of its time. One without a time may always be. -#}
{% macro is_unsettled(stamp, since) -%}
({{ stamp }} > {{ segctl.timestamp_of(since) }} or {{ stamp }} is null)
{%- endmacro %}

{#- Tells, once all rows of a source have been looked at, what was not kept of what is promised of them: of how many customers rows
    have changed and bear no later time, and of which days, where rows are never to change. It is done when `table`, with the
    columns `changed_at` and the rest, has been brought up to date. -#}
{% macro warn_broken_promise(source, promise, table, changed_at, relation, customer, stamp, at) %}
    {%- set days = segctl.existing_relation('source_days') if execute and flags.WHICH in ('build', 'run') else none -%}
    {%- set told = segctl.source_facts(days, source) if days else {} -%}
    {%- set as_of = segctl.as_of_instant() -%}
    {%- if not told or told.checked_at != as_of or told.changed_at != as_of or not told.compared_with or not told.read_since -%}
        {{ return('') }}
    {%- endif -%}
    {%- set found = run_query(
        'select count(*) as customers from ' ~ table ~ ' as features where (' ~ changed_at ~ ' = ' ~ segctl.as_of() ~ ' or deleted_at = '
        ~ segctl.as_of() ~ ') and not exists (select 1 from ' ~ relation ~ ' as events where events.' ~ customer
        ~ ' = features.customer_id and (' ~ segctl.is_unsettled(stamp, told.read_since) ~ ' or ' ~ at ~ ' > '
        ~ segctl.timestamp_of(told.compared_with) ~ '))'
    ).columns[0].values()[0] | int -%}
    {%- set differing = segctl.query_rows(
        'select count(distinct day) as days, min(day) as first_day, max(day) as last_day, sum(differed_by) as more from ' ~ days
        ~ " where source = '" ~ source ~ "' and bucket >= 0 and differed_at = " ~ segctl.as_of()
    )[0] -%}
    {%- set parts = [] -%}
    {%- if differing['days'] -%}
        {%- set more = differing['more'] | int -%}
        {%- do parts.append(
            'events of ' ~ differing['days'] ~ (' days, ' if differing['days'] > 1 else ' day, ') ~ differing['first_day'] ~ ' to ' ~ differing['last_day']
            ~ (' (' ~ more | abs ~ (' more' if more > 0 else ' fewer') ~ ' than before)' if more else '')
        ) -%}
    {%- endif -%}
    {%- do parts.append('events of ' ~ found ~ (' customers' if found > 1 else ' customer')) if found -%}
    {%- if parts -%}
        {%- do exceptions.warn(
            'segctl: ' ~ source ~ ': ' ~ parts | join(' and ') ~ ' have changed, against the promise "' ~ promise
            ~ '", since the last check; this run has read them all again'
        ) -%}
    {%- endif -%}
    {{ return('') }}
{% endmacro %}
