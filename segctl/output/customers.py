"""Prints results about people: who is close to a segment, and what is known about one customer."""

from typing import TYPE_CHECKING

from rich.markup import escape

from segctl.errors.visible import in_a_line
from segctl.operations.questions.clauses import gap
from segctl.operations.runs.instants import as_local
from segctl.output.diff.sentences import value_of
from segctl.output.layout import console, counted, dumped, label, table
from segctl.speech import amount_of

if TYPE_CHECKING:
    from datetime import datetime

    from segctl.operations.people.who import Person
    from segctl.operations.questions.near import Close, NearMembers


def print_near(near: "NearMembers", as_json: bool) -> None:
    """One paragraph per threshold, and one for time: how many customers, and some with their distance."""
    if as_json:
        print(dumped(_near_as_data(near)))
        return
    out = console()
    when = as_local(near.as_of, near.timezone)
    out.print(f"[bold]{near.planned.segment.name}[/bold] as of {when}")
    for close in near.close:
        change = "join" if close.joins else "leave"
        if close.test:
            out.print(f"{close.count:,} close to {change} at {escape(close.test.text)}", soft_wrap=True)
        else:
            out.print(f"{close.count:,} {change} within {counted(near.days, 'day')}, as the data stands")
        for member, revenue, value in close.members:
            parts = [amount_of(revenue, near.currency)] if revenue is not None else []
            if close.test and value is not None:
                parts += [f"{close.test.feature.name} {value_of(value)}", _gap(close, value, near)]
            line = f"{member}  {', '.join(parts)}".rstrip()
            out.print(f"  [dim]{escape(line)}[/dim]", soft_wrap=True)


def _near_as_data(near: "NearMembers") -> dict[str, object]:
    return {
        "segment": near.planned.segment.name,
        "as_of": near.as_of,
        "days": near.days,
        "near": [_close(close, near) for close in near.close],
    }


def _gap(close: "Close", value: str | None, near: "NearMembers") -> str:
    return gap(close.test, value, near.money.get(close.test.feature.name, "")) if close.test else ""


def _close(close: "Close", near: "NearMembers") -> dict[str, object]:
    return {
        "change": "join" if close.joins else "leave",
        "by": close.test.text if close.test else "time",
        "count": close.count,
        "members": [
            {
                "member": member,
                "revenue": revenue,
                "value": value and value_of(value),
                "gap": _gap(close, value, near) or None,
            }
            for member, revenue, value in close.members
        ],
    }


def print_person(person: "Person", as_json: bool) -> None:
    """The segments that a customer is and was in. With everything: the number of rows in each table."""
    if as_json:
        data: dict[str, object] = {f"{person.entity}_id": person.member, "stays": person.stays}
        print(dumped(data | {"tables": person.rows, "files": person.files} if person.rows else data))
        return
    out, zone = console(), person.plan.catalog.timezone
    labels = {planned.segment.name: planned.segment.label for planned in person.plan.segments}
    name = escape(in_a_line(person.member))
    now = [stay for stay in person.stays if stay["left_at"] is None]
    out.print(f"{person.entity.capitalize()} [bold]{name}[/bold] is in {counted(len(now), 'segment')}")
    lines = table("segment", "~label", "=joined", "=left")
    for stay in sorted(
        person.stays, key=lambda stay: (stay["left_at"] is not None, stay["segment"], stay["joined_at"])
    ):
        joined = _instant_and_cause(stay["joined_at"], stay["join_cause"], zone)
        left = _instant_and_cause(stay["left_at"], stay["leave_cause"], zone) if stay["left_at"] else ""
        lines.add_row(stay["segment"], label(labels.get(stay["segment"], "")), joined, left)
    if person.stays:
        out.print(lines)
    for name, rows in person.rows.items():
        out.print(f"{name}: {counted(len(rows), 'row')}; --json shows all")
    for path, reason in person.files.items():
        out.print(f"{escape(path)}: names them (segctl erase: {escape(reason)})")


def _instant_and_cause(instant: "datetime", cause: str, timezone: str) -> str:
    return f"{as_local(instant, timezone)} ({cause})"
