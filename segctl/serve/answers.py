"""Answers as data for a browser: instants in the project's time zone, values as texts, small groups hidden."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from segctl.operations.people.who import Person
from segctl.operations.questions.clauses import Clause, deciding
from segctl.operations.questions.preview import Preview
from segctl.operations.questions.why import Reason
from segctl.output.layout import shown
from segctl.speech import amount_of
from segctl.warehouse import Row

Data = dict[str, object]


def person_as_data(person: Person) -> Data:
    """A member's stays by segment, with labels. Grain: a stay."""
    zone = person.plan.catalog.timezone
    labels = {planned.segment.name: planned.segment.label for planned in person.plan.segments}
    stays = [_stay(stay, zone) | {"segment": stay["segment"]} for stay in person.stays]
    for stay in stays:
        stay["label"] = labels.get(str(stay["segment"]), "")
    known = [segment.segment.name for segment in person.plan.segments if segment.entity == person.entity]
    return {"key": person.member, "entity": person.entity, "stays": stays, "segments": known}


def reason_as_data(reason: Reason) -> Data:
    """A rule with a member's values, what would change the answer, and the stays."""
    zone, segment = reason.timezone, reason.planned.segment
    return {
        "key": str(reason.customer),
        "segment": segment.name,
        "label": segment.label,
        "member": reason.is_member,
        "eligible": reason.eligible,
        "as_of": _local(reason.as_of, zone),
        "rule": _clause(reason.clause, zone) if reason.clause else None,
        "keep_while": _clause(reason.keep_while, zone) if reason.keep_while else None,
        "changes": [clause.text + (f" ({clause.gap})" if clause.gap else "") for clause in deciding(reason.clause)]
        if reason.clause
        else [],
        "turns_on": _local(reason.turns_on, zone),
        "stays": [_stay(stay, zone) for stay in reason.stays],
        "notes": reason.notes,
    }


def preview_as_data(preview: Preview, least: int) -> Data:
    """Size, value and funnel; a count of fewer than `least` people, and what they bring, is None."""

    def shown(count: int) -> int | None:
        return count if not count or count >= least else None

    is_shown = shown(preview.size) is not None
    share = preview.size / preview.customers if preview.customers else 0.0
    return {
        "says": preview.says,
        "as_of": _local(preview.as_of, preview.timezone),
        "customers": preview.customers,
        "size": shown(preview.size),
        "share": share if is_shown else None,
        "revenue": amount_of(preview.member_revenue, preview.currency) if is_shown else None,
        "revenue_share": float(preview.member_revenue / preview.revenue) if is_shown and preview.revenue else None,
        "average": amount_of(preview.member_revenue / preview.size, preview.currency)
        if is_shown and preview.size
        else None,
        "eligible": shown(preview.eligible) if is_shown else None,
        "joined": preview.joined,
        "steps": [
            {"words": step.words, "alone": shown(step.alone), "so_far": shown(step.so_far)} for step in preview.steps
        ],
        "overlaps": [
            {
                "segment": overlap.segment,
                "size": overlap.size,
                "both": shown(overlap.both),
                "share": _of(shown(overlap.both), preview.size),
            }
            for overlap in preview.overlaps
        ]
        if is_shown
        else [],
    }


def _of(part: int | None, whole: int) -> float | None:
    return part / whole if part is not None and whole else None


def _clause(clause: Clause, zone: str) -> Data:
    data: Data = {"kind": clause.kind, "words": clause.text, "holds": clause.holds, "gap": clause.gap}
    data["value"] = shown(clause.value, zone) if clause.kind == "test" else None
    data["looked_at"] = {name: shown(value, zone) for name, value in clause.inputs.items()}
    return data | {"parts": [_clause(part, zone) for part in clause.parts]}


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
