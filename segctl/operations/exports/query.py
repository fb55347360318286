"""The query for members with requested columns, in the order of files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from segctl.language.literals import sql_instant, sql_text
from segctl.operations.exports.columns import Chosen
from segctl.operations.runs.tables import tables_of, texts
from segctl.operations.segments.as_of import PointInTime
from segctl.operations.sql import render_query
from segctl.plan.plan import Plan
from segctl.render.question import features_step, features_steps

COUNTS = "select segment, count(*) as size from turns_data where turn = 1 group by segment"
JOINED = "\nleft join {step} as found on members.{key} = found.{key}"


@dataclass(frozen=True)
class MembersRequest:
    """The segments of an entity and the instant to query. `needed` is the plan of the features to read.

    With `once`, a customer is only in the first of the segments. `eligible_only` excludes customers who may not be
    contacted.
    """

    entity: str
    segments: Sequence[str]
    moment: PointInTime
    once: bool = False
    eligible_only: bool = False
    needed: Plan | None = None


def members_query(request: MembersRequest, columns: Sequence[Chosen]) -> str:
    """One row per member: the place of the segment in the request, and the columns, by place and key."""
    listed = ",\n    ".join(f"{column.sql} as c{number}" for number, column in enumerate(columns))
    return _members(request, render_query("exports/rows", columns=listed, joined=_joined(request)))


def counts_query(request: MembersRequest) -> str:
    """The number of rows of each non-empty segment: segment, size."""
    return _members(request, COUNTS)


def changes_query(request: MembersRequest, since: Sequence[datetime], columns: Sequence[Chosen]) -> str:
    """The last stay of every member after the naive UTC instants, one for each segment, by place and key.

    Columns: place, member, was_in (as of the instant), is_in, cause, run_id and changed_at of the join or the leave,
    eligible, and the requested columns.
    """
    names = tables_of(request.entity)
    instants = dict(zip(request.segments, map(sql_instant, since), strict=True))
    return render_query(
        "exports/changes",
        steps=_features(request),
        since=_by_segment(instants, "segment"),
        place=_by_segment({name: str(place) for place, name in enumerate(request.segments)}, "ranked.segment"),
        prefix=names["prefix"],
        key=names["key"],
        table=names["features"],
        segments=texts(request.segments),
        instant=sql_instant(request.moment.instant),
        columns="".join(f",\n    {column.sql} as c{number}" for number, column in enumerate(columns)),
        joined=_joined(request),
    )


def _by_segment(values: Mapping[str, str], column: str) -> str:
    """An expression with a value per segment."""
    return f"case {column} {' '.join(f'when {sql_text(name)} then {value}' for name, value in values.items())} end"


def _joined(request: MembersRequest) -> str:
    return JOINED.format(step=features_step(request.entity), **tables_of(request.entity)) if request.needed else ""


def _features(request: MembersRequest) -> str:
    return f"{features_steps(request.needed).strip()},\n\n" if request.needed else ""


def _members(request: MembersRequest, answer: str) -> str:
    """A query of the requested members; `answer` is its last select."""
    names = tables_of(request.entity)
    is_now = request.moment.instant == request.moment.last
    places = {name: str(place) for place, name in enumerate(request.segments)}
    return render_query(
        "exports/members",
        answer=answer,
        steps=_features(request),
        key=names["key"],
        prefix=names["prefix"],
        table=names["features"],
        eligible="kept.eligible" if is_now else "cast(null as boolean)",
        place=_by_segment(places, "history.segment"),
        segments=texts(request.segments),
        instant=sql_instant(request.moment.instant),
        only="\n        and kept.eligible" if request.eligible_only else "",
        turn=f"row_number() over (partition by {names['key']} order by place)" if request.once else "1",
    )
