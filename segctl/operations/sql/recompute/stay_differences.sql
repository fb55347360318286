-- For each segment and kind of difference: the first three, and how many there are.
with recorded as (
    select
        segment,
        cast(<< key >> as {{ dbt.type_string() }}) as member,
        joined_at,
        left_at,
        join_cause,
        leave_cause
    from {{ ref('<< prefix >>segment_history') }}
    where segment in (<< segments >>)
),

recomputed as (
    select
        segment,
        cast(<< key >> as {{ dbt.type_string() }}) as member,
        joined_at,
        left_at,
        join_cause,
        leave_cause
    from << stays >>
    where segment in (<< segments >>)
),

compared as (
    select
        coalesce(recorded.segment, recomputed.segment) as segment,
        coalesce(recorded.member, recomputed.member) as member,
        coalesce(recorded.joined_at, recomputed.joined_at) as joined_at,
        recorded.left_at as recorded_left_at,
        recomputed.left_at as recomputed_left_at,
        case
            when recorded.segment is null then 'only recomputed'
            when recomputed.segment is null then 'only recorded'
            when {{ segctl.differs('recorded.left_at', 'recomputed.left_at') }} then 'another end'
            when
                (
                    recorded.joined_at > << compared_from >>
                    and {{ segctl.differs('recorded.join_cause', 'recomputed.join_cause') }}
                )
                or (
                    recorded.left_at > << compared_from >>
                    and {{ segctl.differs('recorded.leave_cause', 'recomputed.leave_cause') }}
                )
                then 'another cause'
        end as kind
    from recorded
    full outer join recomputed
        on
            recorded.segment = recomputed.segment
            and recorded.member = recomputed.member
            and recorded.joined_at = recomputed.joined_at
),

placed as (
    select
        *,
        count(*) over (partition by segment, kind) as occurrences,
        row_number() over (partition by segment, kind order by joined_at, member) as place
    from compared
    where kind is not null
)

select *
from placed
where place <= 3
order by segment, kind, place
