-- For each segment, the last stay of every member since its instant: open, or ended after it.
with
<< steps >>stays_data as (
    select
        *,
        << since >> as since
    from {{ ref('<< prefix >>segment_history') }}
    where
        segment in (<< segments >>)
        and joined_at <= << instant >>
),

ranked_data as (
    select
        *,
        row_number() over (partition by segment, << key >> order by joined_at desc) as stay_number,
        max(case when joined_at <= since then 1 else 0 end) over (partition by segment, << key >>) as was_in
    from stays_data
    where left_at is null or left_at > since
),

members_data as (
    select
        ranked.*,
        cast(ranked.<< key >> as {{ dbt.type_string() }}) as member,
        kept.eligible,
        << place >> as place
    from ranked_data as ranked
    left join {{ ref('<< table >>') }} as kept on ranked.<< key >> = kept.<< key >>
    where ranked.stay_number = 1
)

select
    members.place,
    members.member,
    members.was_in,
    case when members.left_at is null then 1 else 0 end as is_in,
    case when members.left_at is null then members.join_cause else members.leave_cause end as cause,
    case when members.left_at is null then members.join_run_id else members.leave_run_id end as run_id,
    coalesce(members.left_at, members.joined_at) as changed_at,
    members.eligible<< columns >>
from members_data as members<< joined >>
order by members.place, {{ segctl.text_order('members.member') }}
