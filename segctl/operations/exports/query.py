"""The query of members of some segments with what is asked of them, in the order of files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from segctl.literals import sql_instant, sql_text
from segctl.operations.exports.columns import Chosen
from segctl.operations.past import Moment
from segctl.operations.tables import tables_of, texts
from segctl.plan import Plan
from segctl.render.question import features_step, features_steps

# The names of steps are none that a model could be imported by: import_name gives way to what ends in _data.
MEMBERS = """
with
{features}members_data as (
    select
        history.segment,
        history.{key},
        cast(history.{key} as {{{{ dbt.type_string() }}}}) as member,
        history.joined_at,
        history.join_cause,
        {eligible} as eligible,
        {place} as place
    from {{{{ ref('{prefix}segment_history') }}}} as history
    left join {{{{ ref('{table}') }}}} as kept on history.{key} = kept.{key}
    where
        history.segment in ({segments})
        and history.joined_at <= {instant}
        and (history.left_at is null or history.left_at > {instant}){only}
),

turns_data as (
    select
        *,
        {turn} as turn
    from members_data
)
"""
ROWS = """
select
    members.place,
    {columns}
from turns_data as members{joined}
where members.turn = 1
order by members.place, {{{{ segctl.text_order('members.member') }}}}
"""
COUNTS = "select segment, count(*) as size from turns_data where turn = 1 group by segment"
JOINED = "\nleft join {step} as found on members.{key} = found.{key}"

# The last stay of everybody who was in since the instant of each segment: open, or ended after it.
CHANGED = """
with
{features}stays_data as (
    select
        *,
        {since} as since
    from {{{{ ref('{prefix}segment_history') }}}}
    where
        segment in ({segments})
        and joined_at <= {instant}
),

ranked_data as (
    select
        *,
        row_number() over (partition by segment, {key} order by joined_at desc) as stay_number,
        max(case when joined_at <= since then 1 else 0 end) over (partition by segment, {key}) as was_in
    from stays_data
    where left_at is null or left_at > since
),

members_data as (
    select
        ranked.*,
        cast(ranked.{key} as {{{{ dbt.type_string() }}}}) as member,
        kept.eligible,
        {place} as place
    from ranked_data as ranked
    left join {{{{ ref('{table}') }}}} as kept on ranked.{key} = kept.{key}
    where ranked.stay_number = 1
)

select
    members.place,
    members.member,
    members.was_in,
    case when members.left_at is null then 1 else 0 end as is_in,
    case when members.left_at is null then members.join_cause else members.leave_cause end as cause,
    case when members.left_at is null then members.join_run_id else members.leave_run_id end as run_id,
    case when members.left_at is null then members.joined_at else members.left_at end as changed_at,
    members.eligible{columns}
from members_data as members{joined}
order by members.place, {{{{ segctl.text_order('members.member') }}}}
"""


@dataclass(frozen=True)
class Asked:
    """Members of which segments of an entity, as of when; `needed` is the plan of the features that are read.

    With `once`, a customer is only in the first of the segments. `eligible_only` leaves out who may not be contacted.
    """

    entity: str
    segments: Sequence[str]
    moment: Moment
    once: bool = False
    eligible_only: bool = False
    needed: Plan | None = None


def members_query(asked: Asked, columns: Sequence[Chosen]) -> str:
    """A row a member: the place of the segment among those asked for, and the columns; by place, then by key."""
    listed = ",\n    ".join(f"{one.sql} as c{number}" for number, one in enumerate(columns))
    return _members(asked) + ROWS.format(columns=listed, joined=_joined(asked))


def counts_query(asked: Asked) -> str:
    """How many rows each segment has, of those that have any: segment, size."""
    return _members(asked) + COUNTS


def changes_query(asked: Asked, since: Sequence[datetime], columns: Sequence[Chosen]) -> str:
    """The last stay of everybody who was a member after the naive UTC instants, one for each segment, by place and key.

    Columns: place, member, was_in (as of the instant), is_in, cause, run_id and changed_at of the join or the leave,
    eligible, and what is asked for.
    """
    names = tables_of(asked.entity)
    instants = dict(zip(asked.segments, map(sql_instant, since), strict=True))
    return CHANGED.format(
        features=_features(asked),
        since=_by_segment(instants, "segment"),
        place=_by_segment({name: str(place) for place, name in enumerate(asked.segments)}, "ranked.segment"),
        prefix=names["prefix"],
        key=names["key"],
        table=names["features"],
        segments=texts(asked.segments),
        instant=sql_instant(asked.moment.instant),
        columns="".join(f",\n    {one.sql} as c{number}" for number, one in enumerate(columns)),
        joined=_joined(asked),
    )


def _by_segment(values: Mapping[str, str], column: str) -> str:
    """An expression of what goes with each segment."""
    return f"case {column} {' '.join(f'when {sql_text(name)} then {value}' for name, value in values.items())} end"


def _joined(asked: Asked) -> str:
    return JOINED.format(step=features_step(asked.entity), **tables_of(asked.entity)) if asked.needed else ""


def _features(asked: Asked) -> str:
    return f"{features_steps(asked.needed).strip()},\n\n" if asked.needed else ""


def _members(asked: Asked) -> str:
    names = tables_of(asked.entity)
    is_now = asked.moment.instant == asked.moment.last
    places = {name: str(place) for place, name in enumerate(asked.segments)}
    return MEMBERS.format(
        features=_features(asked),
        key=names["key"],
        prefix=names["prefix"],
        table=names["features"],
        eligible="kept.eligible" if is_now else "cast(null as boolean)",
        place=_by_segment(places, "history.segment"),
        segments=texts(asked.segments),
        instant=sql_instant(asked.moment.instant),
        only="\n        and kept.eligible" if asked.eligible_only else "",
        turn=f"row_number() over (partition by {names['key']} order by place)" if asked.once else "1",
    )
