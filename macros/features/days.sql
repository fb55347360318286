{#- What is known of the days of sources, as `known_features` has it; none where nothing is, or where the fingerprints of an engine
    do not add up. -#}
{% macro known_days() %}
    {{ return(segctl.known_features('source_days') if target.type not in ('snowflake', 'trino') else none) }}
{% endmacro %}

{#- By what fingerprints are whole numbers (macros/dialect/fingerprint.sql). -#}
{% macro fingerprint_modulus() %}
    {{ return(2305843009213693951) }}
{% endmacro %}

{#- A fingerprint as a number from 0 up to its modulus, so that the sum of two, by it, is that of both. -#}
{% macro whole_fingerprint(columns) -%}
    {%- set modulus = segctl.fingerprint_modulus() -%}
    mod(mod({{ segctl.fingerprint(columns) }}, {{ modulus }}) + {{ modulus }}, {{ modulus }})
{%- endmacro %}

{#- The columns that tell how many events there are of each day and bucket of customers, of those that the last finished run has seen
    and of others (`is_new`), and what they hold. They are grouped by `cells`. `then` is the boundary up to which that run has seen events; none: all are others. -#}
{% macro days_of(source, customer, at, columns, then) -%}
select
        '{{ source }}' as source,
        {%- set cells = segctl.cells(customer, at, then) %}
        {{ cells[0] }} as day,
        {{ cells[1] }} as bucket,
        {{ cells[2] if then else '1' }} as is_new,
        count(*) as row_count,
        {{ segctl.whole_fingerprint(columns + [customer]) }} as content
{%- endmacro %}

{#- By what the events of a source are counted, as expressions: an event may have columns of the names that they get. -#}
{% macro cells(customer, at, then) %}
    {%- set cells = ['cast(' ~ at ~ ' as date)', segctl.bucket_of(customer) | string] -%}
    {{ return(cells + (['case when ' ~ at ~ ' > ' ~ then ~ ' then 1 else 0 end'] if then else [])) }}
{% endmacro %}

{#- The steps of a source's table that tell whose row has to be computed from all of their events, where its days are `watched` (nothing where not): `known`,
    the table as the last run has left it, and `stale_customers`. They are those in the step `happened` who have had an event since
    the last run, of whom one has passed a boundary of what does not add up, and those in buckets where the last run has
    seen other events of whom these differ from what the table knows: their number and what they hold, the columns `told_by`. -#}
{% macro stale_by_days(customer, at, told_by, content, boundaries, watched) -%}
{%- if watched -%}
{%- set rows, data = told_by -%}
{{ segctl.known_step(watched.known) }}

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
    {%- if watched.buckets %}
    {{ segctl.distinct_union() }}
    select coalesce(seen.customer_id, former.customer_id) as customer_id
    from (
        select
            count(*) as {{ rows }},
            {{ segctl.fingerprint(content) }} as {{ data }},
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
        or {{ segctl.differs('seen.' ~ data, 'former.' ~ data) }}
    {%- endif %}
),
{%- endif -%}
{%- endmacro %}

{#- The condition that a key is in one of the buckets that are looked at. -#}
{% macro in_buckets(key, watched) -%}
    {{ segctl.bucket_of(key) }} in ({{ watched.buckets | join(', ') }})
{%- endmacro %}

{#- The rows of source_days that differ from what the table holds. The steps of the
    `sources` have a row for each day, bucket, and whether the last finished run has seen the events (`is_new`): of what it has seen, number and content are compared with what is
    kept, and where they are others `differed_at` is this run. A row of each source with the bucket -1 says with which run that was
    done (`compared_with`). -#}
{% macro changed_days(sources, known) %}
{%- set as_of = segctl.as_of() %}
{%- set nothing = 'cast(null as ' ~ segctl.timestamp_type() ~ ')' %}
found as (
    {%- for source in sources %}
    select * from {{ source }}_days
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

{% if known -%}
kept as (
    select *
    from {{ known.table }}
    where bucket >= 0
),

former as (
    select *
    from found
    where is_new = 0
),

{% endif -%}
together as (
    select
        source,
        day,
        bucket,
        cast(sum(row_count) as bigint) as row_count,
        cast(mod(sum(content), {{ segctl.fingerprint_modulus() }}) as bigint) as content
    from found
    group by source, day, bucket
),

wanted as (
    {%- if known %}
    select
        coalesce(together.source, kept.source) as source,
        coalesce(together.day, kept.day) as day,
        coalesce(together.bucket, kept.bucket) as bucket,
        coalesce(together.row_count, 0) as row_count,
        coalesce(together.content, 0) as content,
        case
            when
                coalesce(former.row_count, 0) != coalesce(kept.row_count, 0)
                or coalesce(former.content, 0) != coalesce(kept.content, 0)
                then {{ as_of }}
            else kept.differed_at
        end as differed_at,
        {{ nothing }} as compared_with,
        {{ as_of }} as changed_at
    from together
    full outer join kept
        on together.source = kept.source and together.day = kept.day and together.bucket = kept.bucket
    left join former
        on
            coalesce(together.source, kept.source) = former.source
            and coalesce(together.day, kept.day) = former.day
            and coalesce(together.bucket, kept.bucket) = former.bucket
    {%- else %}
    select
        source,
        day,
        bucket,
        row_count,
        content,
        {{ nothing }} as differed_at,
        {{ nothing }} as compared_with,
        {{ as_of }} as changed_at
    from together
    {%- endif %}
    {%- if known and known.as_of == segctl.as_of_instant() %}
    union all
    -- A run that is repeated goes on from itself, and has nothing to say of those before it.
    select
        source,
        day,
        bucket,
        row_count,
        content,
        differed_at,
        compared_with,
        changed_at
    from {{ known.table }}
    where bucket < 0
    {%- endif %}
    {%- for source in (sources if not known or known.as_of != segctl.as_of_instant() else []) %}
    union all
    select
        '{{ source }}' as source,
        date '1900-01-01' as day,
        -1 as bucket,
        0 as row_count,
        0 as content,
        {{ nothing }} as differed_at,
        {{ segctl.timestamp_of(known.as_of) if known else nothing }} as compared_with,
        {{ as_of }} as changed_at
    {%- endfor %}
)
{%- set columns = ['row_count', 'content', 'differed_at', 'compared_with', 'changed_at'] %}

{{ segctl.differences('wanted', ['source', 'day', 'bucket'], columns, replaced='true', uncompared=['changed_at']) }}
{% endmacro %}

{#- Of a source what this run has found of its days: the `buckets` of customers in which an event has changed that the last finished
    run, as of which `known` is, has seen, up to the boundary `then`. None where that was not looked at, where they are so many that the events of all
    customers are gone through as well, or where the key is of another type than ours. -#}
{% macro watched(known, source, relation, column, then) %}
    {%- set days = segctl.own_relation('source_days') if known else none -%}
    {%- if not days or segctl.key_type(known.table, 'customer_id') != segctl.key_type(relation, column) -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set as_of = segctl.as_of() -%}
    {%- set found = run_query(
        "select distinct bucket from " ~ days ~ " where source = '" ~ source ~ "' and ((bucket = -1 and compared_with = "
        ~ segctl.timestamp_of(known.as_of) ~ " and changed_at = " ~ as_of ~ ") or (bucket >= 0 and differed_at = " ~ as_of ~ "))"
    ).columns[0].values() | map('int') | sort -%}
    {%- set told = {'buckets': found[1:], 'known': known, 'then': then} -%}
    {{ return(told if found and found[0] == -1 and found | length <= 17 else none) }}
{% endmacro %}
