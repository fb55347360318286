{#- Whether the engine's fingerprints are additive: those of the days add up to that of all rows
    (macros/dialect/numbers/fingerprint.sql). -#}
{% macro fingerprints_add_up() %}
    {{ return(target.type not in ('snowflake', 'trino')) }}
{% endmacro %}

{#- The modulus by which fingerprints are whole numbers (macros/dialect/numbers/fingerprint.sql). -#}
{% macro fingerprint_modulus() %}
    {{ return(2305843009213693951) }}
{% endmacro %}

{#- A fingerprint from 0 up to its modulus. The sum of two, by the modulus, is that of both sets of rows. -#}
{% macro whole_fingerprint(columns) -%}
    {%- set modulus = segctl.fingerprint_modulus() -%}
    mod(mod({{ segctl.fingerprint(columns) }}, {{ modulus }}) + {{ modulus }}, {{ modulus }})
{%- endmacro %}

{#- The columns that count a source's events by day and bucket of customers, and fingerprint them. `is_new` separates
    events that the last finished run has not seen. They are grouped by `day_group_keys`. `then` is the boundary up to
    which that run has seen events, by their time or by the `stamp` of a promise; none: all events are new. -#}
{% macro day_counts(source, customer, at, columns, then, stamp=none) -%}
select
        '{{ source }}' as source,
        {%- set cells = segctl.day_group_keys(customer, at, then, stamp) %}
        {{ cells[0] }} as day,
        {{ cells[1] }} as bucket,
        {{ cells[2] if then else '1' }} as is_new,
        count(*) as row_count,
        {{ segctl.whole_fingerprint(columns + [customer]) }} as content
{%- endmacro %}

{#- The expressions by which a source's events are grouped. They are expressions because an event may have columns of
    the same names. -#}
{% macro day_group_keys(customer, at, then, stamp=none) %}
    {%- set cells = ['cast(' ~ at ~ ' as date)', segctl.bucket_of(customer) | string] -%}
    {{ return(cells + (['case when ' ~ (stamp or at) ~ ' > ' ~ then ~ ' then 1 else 0 end'] if then else [])) }}
{% endmacro %}

{#- The sources whose events are counted by day in this run: those without a promise, and those whose rows this run
    checks in full. -#}
{% macro counted_sources(sources, promises) %}
    {%- set counted = [] -%}
    {%- for source in sources if promises.get(source, {'is_counted': true}).is_counted -%}
        {%- do counted.append(source) -%}
    {%- endfor -%}
    {{ return(counted) }}
{% endmacro %}

{#- The steps of a source's table whose days are tracked: `known`, the table as the last run left it, and
    `stale_customers`, whose rows are computed from all of their events. Empty unless `watched`. Customers in the step
    `happened` are stale if they have an event since the last run, one that crossed a boundary of a feature that does
    not add up, or, by the source's promise, a new or changed row; or if they are in a bucket with changed events and
    their own count or fingerprint, the columns `fingerprints`, differs from the table. -#}
{% macro stale_by_days(customer, at, fingerprints, content, boundaries, watched) -%}
{%- if watched -%}
{%- set rows, fingerprint = fingerprints -%}
{{ segctl.previous_step(watched.known) }}

stale_customers {{ segctl.computed_once() }} (
    select {{ customer }} as customer_id
    from happened
    where {{ at }} > {{ watched.then }}
    {%- if boundaries %}
    {{ segctl.distinct_union() }}
    select {{ customer }} as customer_id
    from happened
    where
        {{ segctl.passes(at, boundaries) }}
    {%- endif %}
    {%- if watched.since %}
    {{ segctl.distinct_union() }}
    select {{ customer }} as customer_id
    from {{ watched.rows }}
    where {{ customer }} is not null and {{ segctl.is_unsettled(watched.stamp, watched.since) }}
    {%- endif %}
    {%- if watched.buckets %}
    {{ segctl.distinct_union() }}
    select coalesce(seen.customer_id, former.customer_id) as customer_id
    from (
        select
            count(*) as {{ rows }},
            {{ segctl.fingerprint(content) }} as {{ fingerprint }},
            {{ customer }} as customer_id
        from happened
        where {{ at }} <= {{ watched.then }} and {{ segctl.in_buckets(customer, watched) }}
        group by {{ customer }}
    ) as seen
    full outer join (
        select * from known where {{ segctl.in_buckets('customer_id', watched) }}
    ) as former on seen.customer_id = former.customer_id
    where
        seen.customer_id is null
        or former.customer_id is null
        or seen.{{ rows }} != former.{{ rows }}
        or {{ segctl.differs('seen.' ~ fingerprint, 'former.' ~ fingerprint) }}
    {%- endif %}
),
{%- endif -%}
{%- endmacro %}

{#- The condition that a key is in one of the buckets with changed events. -#}
{% macro in_buckets(key, watched) -%}
    {{ segctl.bucket_of(key) }} in ({{ watched.buckets | join(', ') }})
{%- endmacro %}

{#- The rows of source_days that differ from the table. Each source in `counted` has a step with a row for each day,
    bucket and `is_new`. What the last finished run has seen is compared with what is kept; where it differs,
    `differed_at` is this run. Days of other sources stay as they are. The row of a source with the bucket -1 holds the
    run that it was compared with (`compared_with`) and the state of its promise. `known` is what the last run knows of
    the table; `compared` is the same, where it can be compared. -#}
{% macro changed_days(sources, counted, promises, known, compared) %}
{%- set as_of = segctl.as_of() %}
{%- set no_instant = 'cast(null as ' ~ segctl.timestamp_type() ~ ')' %}
{%- set is_repeated = known and known.as_of == segctl.as_of_instant() %}
{%- set of_source = ['compared_with', 'read_since', 'settled_at', 'counted_until', 'checked_at'] %}
{%- set keys, columns = ['source', 'day', 'bucket'], ['row_count', 'content', 'differed_at', 'differed_by'] + of_source + ['changed_at'] %}
{%- set is_counted = "source in ('" ~ counted | join("', '") ~ "')" %}
{%- if counted %}
found as (
    {%- for source in counted %}
    select * from {{ source }}_days
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

{% if compared -%}
kept as (
    select *
    from {{ known.table }}
    where bucket >= 0 and {{ is_counted }}
),

{% endif -%}
together as (
    select
        source,
        day,
        bucket,
        cast(sum(row_count) as bigint) as row_count,
        cast(mod(sum(content), {{ segctl.fingerprint_modulus() }}) as bigint) as content,
        cast(sum(case when is_new = 0 then row_count else 0 end) as bigint) as seen_count,
        cast(sum(case when is_new = 0 then content else 0 end) as bigint) as seen_content
    from found
    group by source, day, bucket
),
{%- endif %}

wanted as (
    {%- if counted and compared %}
    select
        coalesce(together.source, kept.source) as source,
        coalesce(together.day, kept.day) as day,
        coalesce(together.bucket, kept.bucket) as bucket,
        coalesce(together.row_count, 0) as row_count,
        coalesce(together.content, 0) as content,
        case
            when
                coalesce(together.seen_count, 0) != coalesce(kept.row_count, 0)
                or coalesce(together.seen_content, 0) != coalesce(kept.content, 0)
                then {{ as_of }}
            else kept.differed_at
        end as differed_at,
        coalesce(together.seen_count, 0) - coalesce(kept.row_count, 0) as differed_by,
        {%- for column in of_source %}
        {{ no_instant }} as {{ column }},
        {%- endfor %}
        {{ as_of }} as changed_at
    from together
    full outer join kept
        on together.source = kept.source and together.day = kept.day and together.bucket = kept.bucket
    union all
    {%- elif counted %}
    select
        source,
        day,
        bucket,
        row_count,
        content,
        {{ no_instant }} as differed_at,
        cast(0 as bigint) as differed_by,
        {%- for column in of_source %}
        {{ no_instant }} as {{ column }},
        {%- endfor %}
        {{ as_of }} as changed_at
    from together
    union all
    {%- endif %}
    {%- if is_repeated %}
    -- A repeated run continues from itself and keeps its rows.
    select {{ (keys + columns) | join(', ') }}
    from {{ known.table }}
    where bucket < 0
    {%- endif %}
    {%- for source in ([] if is_repeated else sources) %}
    {%- set facts = dict(promises.get(source, {}), compared_with=none) %}
    {%- do facts.update({'compared_with': known.as_of}) if known and source in promises or compared %}
    select
        '{{ source }}' as source,
        date '1900-01-01' as day,
        -1 as bucket,
        cast(0 as bigint) as row_count,
        cast(0 as bigint) as content,
        {{ no_instant }} as differed_at,
        cast(0 as bigint) as differed_by,
        {%- for column in of_source %}
        {{ segctl.timestamp_of(facts[column]) if facts.get(column) else no_instant }} as {{ column }},
        {%- endfor %}
        {{ as_of }} as changed_at
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)
{%- set replaced = '(present.' ~ is_counted ~ ' or present.bucket < 0)' if known else 'true' %}

{{ segctl.differences('wanted', keys, columns, replaced=replaced, uncompared=['changed_at']) }}
{% endmacro %}
{#- The changes that this run found in the days of a source: the `buckets` of customers with a changed event up to the
    boundary `then`, compared with the run that `known` is as of; and for a promise, the step of its `rows` and the
    `stamp` column, which is later than `since` for new rows. None when the source was not compared, when more than 16
    buckets changed, so that a full scan costs no more, or when the key has another type than ours. -#}
{% macro source_watch(known, source, relation, column, then, promised=none) %}
    {%- set days = segctl.existing_relation('source_days') if known else none -%}
    {%- if not days or segctl.key_type(known.table, 'customer_id') != segctl.key_type(relation, column) -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set facts = segctl.source_facts(days, source) -%}
    {%- if not facts or facts.changed_at != segctl.as_of_instant() or facts.compared_with != known.as_of -%}
        {{ return(none) }}
    {%- endif -%}
    {%- if promised -%}
        {{ return({'buckets': [], 'known': known, 'then': then, 'rows': promised[0], 'stamp': promised[1], 'since': facts.read_since} if facts.read_since else none) }}
    {%- endif -%}
    {%- set buckets = run_query(
        "select distinct bucket from " ~ days ~ " where source = '" ~ source ~ "' and bucket >= 0 and differed_at = " ~ segctl.as_of()
    ).columns[0].values() | map('int') | sort -%}
    {{ return({'buckets': buckets, 'known': known, 'then': then} if buckets | length <= 16 else none) }}
{% endmacro %}

{#- The row of a source in source_days: its columns as naive UTC instants, None for NULL. Empty without a row. -#}
{% macro source_facts(days, source) %}
    {%- set names, columns = ['compared_with', 'read_since', 'settled_at', 'counted_until', 'checked_at', 'changed_at'], [] -%}
    {%- for name in names -%}
        {%- do columns.append(segctl.timestamp_text(name) ~ ' as ' ~ name) -%}
    {%- endfor -%}
    {%- set rows = run_query(
        'select ' ~ columns | join(', ') ~ ' from ' ~ days ~ " where source = '" ~ source ~ "' and bucket = -1"
    ).rows -%}
    {%- set instants = {} -%}
    {%- for name in names if rows -%}
        {%- set text = rows[0][loop.index0] -%}
        {%- do instants.update({name: modules.datetime.datetime.fromisoformat(text) if text else none}) -%}
    {%- endfor -%}
    {{ return(instants) }}
{% endmacro %}
