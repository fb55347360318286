{{ config(
    materialized='recorded',
    unique_key=['segment', 'valid_from'],
    full_refresh=false,
    on_schema_change='ignore',
    pre_hook="{{ segctl.rename_history() }}"
) }}

-- A definition takes effect only in a run that could build the features.
-- depends_on: {{ ref('customer_features') }}

{%- set as_of = segctl.as_of() %}
{%- set since = segctl.since_last_run() %}
{%- set meaning = ['definition_hash', 'enabled', 'entity'] %}
{%- set wording = [
    'label', 'description', 'owner', 'tags', 'exclusive_group', 'replayable', 'changing_attributes', 'rule',
    'canonical_definition', 'source_file'
] %}
{%- set commit = segctl.git_commit() %}
{%- set evaluated = segctl.last_evaluations() if segctl.is_recorded() else none %}

with declared as (
    select *
    from {{ ref('declared_segments') }}
),

{% if segctl.is_recorded() -%}
-- Versions as the last finished run left them. What an unfinished run has written does not count.
earlier as (
    select *
    from {{ this }}
    where valid_from <= {{ since }}
),

standing as (
    select *
    from earlier
    where valid_to is null or valid_to > {{ since }}
),

latest as (
    select
        segment,
        max(version) as version
    from earlier
    group by segment
),

{% if evaluated -%}
{{ segctl.renamed_segments(evaluated) }},

-- A segment that may be another one's new name waits, and so does the other: no version begins or ends until somebody
-- says which it is.
begun as (
    select declared.*
    from declared
    where declared.segment not in (select segment from renamed)
),

waiting as (
    select
        standing.segment,
        standing.valid_from,
        cast(null as {{ segctl.timestamp_type() }}) as valid_to,
        standing.version,
        standing.{{ (meaning + wording) | join(',\n        standing.') }},
        standing.formerly,
        standing.git_commit
    from standing
    where standing.segment in (select former from renamed)
),

{% endif -%}
kept_or_new as (
    select
        declared.segment,
        coalesce(standing.valid_from, {{ as_of }}) as valid_from,
        cast(null as {{ segctl.timestamp_type() }}) as valid_to,
        coalesce(standing.version, latest.version + 1, 1) as version,
        declared.{{ (meaning + wording) | join(',\n        declared.') }},
        -- A former name is remembered after the definition drops it, so that its reuse is noticed.
        case when declared.formerly != '' then declared.formerly else coalesce(standing.formerly, '') end as formerly,
        case when standing.segment is null then {{ commit }} else standing.git_commit end as git_commit
    from {{ 'begun' if evaluated else 'declared' }} as declared
    left join standing
        on
            declared.segment = standing.segment
            and declared.definition_hash = standing.definition_hash
            and declared.enabled = standing.enabled
            and declared.entity = standing.entity
    left join latest on declared.segment = latest.segment
),

ended as (
    select
        standing.segment,
        standing.valid_from,
        {{ as_of }} as valid_to,
        standing.version,
        standing.{{ (meaning + wording) | join(',\n        standing.') }},
        standing.formerly,
        standing.git_commit
    from standing
    left join kept_or_new
        on standing.segment = kept_or_new.segment and standing.valid_from = kept_or_new.valid_from
    where
        kept_or_new.segment is null
        {%- if evaluated %}
        and standing.segment not in (select former from renamed)
        {%- endif %}
),

wanted as (
    select * from kept_or_new
    union all
    select * from ended
    {%- if evaluated %}
    union all
    select * from waiting
    {%- endif %}
)
{%- else -%}
wanted as (
    select
        segment,
        {{ as_of }} as valid_from,
        cast(null as {{ segctl.timestamp_type() }}) as valid_to,
        1 as version,
        {{ (meaning + wording) | join(',\n        ') }},
        formerly,
        {{ commit }} as git_commit
    from declared
)
{%- endif %}

{{ segctl.differences(
    'wanted', ['segment', 'valid_from'], ['valid_to', 'version'] + meaning + wording + ['formerly', 'git_commit'],
    replaced='present.valid_from > ' ~ since
) }}
