{#- The changes of an entity's stays, new and ended ones, in segments that no guard holds back; the query of
    segment_stays for customers. -#}
{% macro stays(entity) %}
{%- do segctl.check_no_other_run(written=true) %}
{%- set named = segctl.entity_names(entity) %}
{%- set key = named.key %}
{%- set as_of = segctl.as_of() %}
{%- set run_id = segctl.run_id() %}
{%- set since = segctl.since_last_run() %}
{%- set held = segctl.held_segments() %}

-- Guards decide in run_sizes what is held back.
-- depends_on: {{ ref('run_sizes') }}
with proposals as (
    select *
    from {{ ref(named.prefix ~ 'segment_proposals') }}
    {%- if held %}
    where segment not in ('{{ held | join("', '") }}')
    {%- endif %}
),

{% if segctl.is_recorded() -%}
earlier as (
    select *
    from {{ this }}
    where joined_at <= {{ since }} and (left_at is null or left_at > {{ since }})
),

-- Open stays, including those that an unfinished run has ended.
standing as (
    select
        earlier.segment,
        earlier.{{ key }},
        earlier.joined_at,
        case when proposals.change is not null then {{ as_of }} end as left_at,
        earlier.join_cause,
        proposals.cause as leave_cause,
        earlier.join_definition_hash,
        proposals.definition_hash as leave_definition_hash,
        earlier.join_run_id,
        case when proposals.change is not null then {{ run_id }} end as leave_run_id
    from earlier
    left join proposals
        on
            earlier.segment = proposals.segment
            and earlier.{{ key }} = proposals.{{ key }}
            and earlier.joined_at = proposals.joined_at
    where proposals.change = 'leave' or earlier.left_at is not null
),

{% endif -%}
joined as (
    select
        segment,
        {{ key }},
        joined_at,
        cast(null as {{ segctl.timestamp_type() }}) as left_at,
        cause as join_cause,
        cast(null as {{ dbt.type_string() }}) as leave_cause,
        definition_hash as join_definition_hash,
        cast(null as {{ dbt.type_string() }}) as leave_definition_hash,
        {{ run_id }} as join_run_id,
        cast(null as {{ dbt.type_string() }}) as leave_run_id
    from proposals
    where change = 'join'
),

wanted as (
    select * from joined
    {%- if segctl.is_recorded() %}
    union all
    select * from standing
    {%- endif %}
)
{%- set columns = [
    'left_at', 'join_cause', 'leave_cause', 'join_definition_hash', 'leave_definition_hash', 'join_run_id',
    'leave_run_id'
] %}

{{ segctl.differences('wanted', ['segment', key, 'joined_at'], columns, replaced='present.joined_at > ' ~ since) }}
{% endmacro %}
