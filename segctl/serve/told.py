"""Answers as data for a browser: instants in the project's time zone, values as texts, small groups not told."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from segctl.operations.clauses import Clause, deciding
from segctl.operations.preview import Preview
from segctl.operations.who import Person
from segctl.operations.why import Reason
from segctl.output.layout import shown
from segctl.speech import amount_of
from segctl.warehouse import Row

Data = dict[str, object]


def person_as_data(found: Person) -> Data:
    """A member's stays by segment, with labels. Grain: a stay."""
    zone = found.plan.catalog.timezone
    labels = {one.segment.name: one.segment.label for one in found.plan.segments}
    stays = [_stay(stay, zone) | {"segment": stay["segment"]} for stay in found.stays]
    for stay in stays:
        stay["label"] = labels.get(str(stay["segment"]), "")
    known = [one.segment.name for one in found.plan.segments if one.entity == found.entity]
    return {"key": found.member, "entity": found.entity, "stays": stays, "segments": known}


def reason_as_data(found: Reason) -> Data:
    """A rule with a member's values, what would change the answer, and the stays."""
    zone, segment = found.timezone, found.planned.segment
    return {
        "key": str(found.customer),
        "segment": segment.name,
        "label": segment.label,
        "member": found.is_member,
        "eligible": found.eligible,
        "as_of": _local(found.as_of, zone),
        "rule": _clause(found.clause, zone) if found.clause else None,
        "keep_while": _clause(found.keep_while, zone) if found.keep_while else None,
        "changes": [one.words + (f" ({one.gap})" if one.gap else "") for one in deciding(found.clause)]
        if found.clause
        else [],
        "turns_on": _local(found.turns_on, zone),
        "stays": [_stay(stay, zone) for stay in found.stays],
        "notes": found.notes,
    }


def preview_as_data(found: Preview, least: int) -> Data:
    """Size, value and funnel; a count of fewer than `least` people, and what they bring, is None."""

    def told(count: int) -> int | None:
        return count if not count or count >= least else None

    is_told = told(found.size) is not None
    share = found.size / found.customers if found.customers else 0.0
    return {
        "says": found.says,
        "as_of": _local(found.as_of, found.timezone),
        "customers": found.customers,
        "size": told(found.size),
        "share": share if is_told else None,
        "revenue": amount_of(found.member_revenue, found.currency) if is_told else None,
        "revenue_share": float(found.member_revenue / found.revenue) if is_told and found.revenue else None,
        "average": amount_of(found.member_revenue / found.size, found.currency) if is_told and found.size else None,
        "eligible": told(found.eligible) if is_told else None,
        "joined": found.joined,
        "steps": [
            {"words": step.words, "alone": told(step.alone), "so_far": told(step.so_far)} for step in found.steps
        ],
        "overlaps": [
            {"segment": one.segment, "size": one.size, "both": told(one.both), "share": _of(told(one.both), found.size)}
            for one in found.overlaps
        ]
        if is_told
        else [],
    }


def _of(part: int | None, whole: int) -> float | None:
    return part / whole if part is not None and whole else None


def _clause(clause: Clause, zone: str) -> Data:
    told: Data = {"kind": clause.kind, "words": clause.words, "holds": clause.holds, "gap": clause.gap}
    told["value"] = shown(clause.value, zone) if clause.kind == "test" else None
    told["looked_at"] = {name: shown(value, zone) for name, value in clause.looked_at.items()}
    return told | {"parts": [_clause(part, zone) for part in clause.parts]}


def _stay(stay: Row, zone: str) -> Data:
    return {
        "joined_at": _local(stay["joined_at"], zone),
        "join_cause": stay["join_cause"],
        "left_at": _local(stay["left_at"], zone),
        "leave_cause": stay["leave_cause"] or "",
    }


def _local(instant: datetime | None, zone: str) -> str:
    """A naive UTC instant as an ISO text in the project's time zone; empty for none."""
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).isoformat() if instant else ""
