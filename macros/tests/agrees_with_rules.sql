{#- A question: which members differ from what the rules say, apart from what keep_while, min_stay and cool_down allow
    and from segments that a guard holds back? `dbt build` asks about the customers that the run evaluated, or a sample
    of many (`sample_if_many`), and about nobody in a first run (`is_first_build`); `dbt test` asks about everybody. It
    is empty where there is nobody to ask about, because planning hundreds of rules takes DuckDB longer than the rest of
    such a run. Segments without memory are compared together, by the count and fingerprint of a member's segments
    (`segment` is then empty); the others one by one. Joining 80 million members with as many stays took DuckDB more
    than 10 GB; adding them up takes 7 GB and half the time. -#}
{% macro agrees_with_rules(entity) -%}
    {%- set named = segctl.entity_names(entity) %}
    {%- set key, table = named.key, named.prefix ~ 'segment_stays' %}
    {%- set held = segctl.held_segments() %}
    {%- set last = segctl.last_finished_run() if execute and flags.WHICH != 'test' else none -%}
    {%- set fresh = segctl.segments_to_reevaluate() if last else [] %}
    {%- set moved = named.moved_at ~ ' > ' ~ segctl.timestamp_of(last) if last else '' %}
    {%- if segctl.is_first_build() or (last and not fresh and segctl.has_no_row(named.looked_at, moved)) -%}
        {{ return('') }}
    {%- endif -%}
    {%- set is_tested -%}
        ({{ key }} in (select features.{{ key }} from features)
        {%- if fresh %} or segment in ('{{ fresh | join("', '") }}'){% endif %})
        {%- if held %}
        and segment not in ('{{ held | join("', '") }}')
        {%- endif %}
    {%- endset -%}
with features as (
    select {{ key }}
    from {{ ref(named.looked_at) }}
    {%- if last %}
    where {{ moved }}{{ segctl.sample_if_many(named.looked_at, key, moved) }}
    {%- endif %}
),

with_memory as (
    select
        segment,
        leave_if_joined_by,
        rejoin_if_left_by
    from {{ ref('declared_segments') }}
    where has_memory
),

members as (
    select
        segment,
        {{ key }},
        case when may_join then 1 else 0 end as may_join
    from {{ ref(named.prefix ~ 'segment_members') }}
    where {{ is_tested }}
),

membership as (
    select
        segment,
        {{ key }},
        1 as may_join
    from {{ ref(table) }}
    where
        left_at is null
        and {{ is_tested }}
),
{%- for name, step in {'by_rules': 'members', 'by_table': 'membership'}.items() %}

{{ name }} as (
    select
        coalesce(with_memory.segment, '') as segment,
        {{ step }}.{{ key }},
        count(*) as segments,
        {{ segctl.fingerprint([step ~ '.segment']) }} as segments_hash,
        max({{ step }}.may_join) as may_join
    from {{ step }}
    left join with_memory on {{ step }}.segment = with_memory.segment
    group by coalesce(with_memory.segment, ''), {{ step }}.{{ key }}
),
{%- endfor %}

compared as (
    select
        coalesce(by_rules.segment, by_table.segment) as segment,
        coalesce(by_rules.{{ key }}, by_table.{{ key }}) as {{ key }},
        by_rules.segments as by_rules,
        by_table.segments as by_table,
        by_rules.may_join,
        (
            {{ segctl.differs('by_rules.segments', 'by_table.segments') }}
            or {{ segctl.differs('by_rules.segments_hash', 'by_table.segments_hash') }}
        ) as is_different
    from by_rules
    full outer join by_table on by_rules.segment = by_table.segment and by_rules.{{ key }} = by_table.{{ key }}
),

found as (
    select
        compared.segment,
        compared.{{ key }},
        coalesce(compared.by_rules, 0) as by_rules,
        coalesce(compared.by_table, 0) as by_table
    from compared
    left join with_memory on compared.segment = with_memory.segment
    where
        case
            when with_memory.segment is null then compared.is_different
            when compared.by_rules is null then with_memory.leave_if_joined_by is null
            when compared.by_table is null then compared.may_join = 1 and with_memory.rejoin_if_left_by is null
            else false
        end
)

select
    '{{ table }}' as subject,
    case
        when segment = '' then '{{ entity }}s are not in the segments whose rules take them'
        else {{ dbt.concat(["'members of '", 'segment', "' are not those of its rule'"]) }}
    end as fault,
    count(*) as occurrences
from found
group by segment
{%- endmacro %}
