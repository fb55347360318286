{#- What is known of the days of sources, as `known_features` has it; none where nothing is, or where the fingerprints of an engine
    do not add up. -#}
{% macro known_days() %}
    {{ return(segctl.known_features('source_days') if target.type not in ('snowflake', 'trino') else none) }}
{% endmacro %}

{#- A fingerprint as a number from 0 up to its modulus, so that the sum of two, by it, is that of both. -#}
{% macro whole_fingerprint(columns) -%}
    mod(mod({{ segctl.fingerprint(columns) }}, 2305843009213693951) + 2305843009213693951, 2305843009213693951)
{%- endmacro %}

{#- The rows of source_days that differ from what the table holds. The step `found` has a row for each source, day, bucket, and
    whether the last finished run has seen the events (`is_new`): of what it has seen, number and content are compared with what is
    kept, and where they are others `differed_at` is this run. A row of each source with the bucket -1 says with which run that was
    done (`compared_with`). -#}
{% macro changed_days(found, sources, known) %}
{%- set as_of, cell = segctl.as_of(), 'source, day, bucket' %}
{%- set nothing = 'cast(null as ' ~ segctl.timestamp_type() ~ ')' %}
{%- set none_yet = 'true' if not known else 'false' %}
{%- if known %}
kept as (
    select *
    from {{ known.table }}
    where bucket >= 0
),

former as (
    select *
    from {{ found }}
    where is_new = 0
),

{% endif -%}
together as (
    select
        source,
        day,
        bucket,
        cast(sum(row_count) as bigint) as row_count,
        cast(mod(sum(content), 2305843009213693951) as bigint) as content
    from {{ found }}
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
    run, as of which `known` is, has seen. None where that was not looked at, where they are so many that the events of all
    customers are gone through as well, or where the key is of another type than ours. -#}
{% macro watched(known, source, relation, column) %}
    {%- set days = segctl.own_relation('source_days') if known else none -%}
    {%- if not days or segctl.key_type(known.table, 'customer_id') != segctl.key_type(relation, column) -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set as_of = segctl.as_of() -%}
    {%- set found = run_query(
        "select distinct bucket from " ~ days ~ " where source = '" ~ source ~ "' and ((bucket = -1 and compared_with = "
        ~ segctl.timestamp_of(known.as_of) ~ " and changed_at = " ~ as_of ~ ") or (bucket >= 0 and differed_at = " ~ as_of ~ "))"
    ).columns[0].values() | map('int') | sort -%}
    {{ return({'buckets': found[1:]} if found and found[0] == -1 and found | length <= 17 else none) }}
{% endmacro %}
