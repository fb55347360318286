"""Prints results about people: who is close to a segment, and what is known about one customer."""

from typing import TYPE_CHECKING

from rich.markup import escape

from segctl.operations.clauses import gap
from segctl.operations.instants import as_local
from segctl.output.diff.words import value_of
from segctl.output.layout import console, counted, dumped, label, table
from segctl.speech import amount_of
from segctl.visible import in_a_line

if TYPE_CHECKING:
    from datetime import datetime

    from segctl.operations.near import Close, NearMembers
    from segctl.operations.who import Person


def print_near(found: "NearMembers", as_json: bool) -> None:
    """One paragraph per threshold, and one for time: how many customers, and some with their distance."""
    if as_json:
        print(dumped(_near_as_data(found)))
        return
    out = console()
    when = as_local(found.as_of, found.timezone)
    out.print(f"[bold]{found.planned.segment.name}[/bold] as of {when}")
    for one in found.found:
        change = "join" if one.joins else "leave"
        if one.test:
            out.print(f"{one.count:,} close to {change} at {escape(one.test.words)}", soft_wrap=True)
        else:
            out.print(f"{one.count:,} {change} within {counted(found.days, 'day')}, as the data stands")
        for member, revenue, value in one.members:
            told = [amount_of(revenue, found.currency)] if revenue is not None else []
            if one.test and value is not None:
                told += [f"{one.test.feature.name} {value_of(value)}", _gap(one, value, found)]
            line = f"{member}  {', '.join(told)}".rstrip()
            out.print(f"  [dim]{escape(line)}[/dim]", soft_wrap=True)


def _near_as_data(found: "NearMembers") -> dict[str, object]:
    return {
        "segment": found.planned.segment.name,
        "as_of": found.as_of,
        "days": found.days,
        "near": [_close(one, found) for one in found.found],
    }


def _gap(one: "Close", value: str | None, found: "NearMembers") -> str:
    return gap(one.test, value, found.money.get(one.test.feature.name, "")) if one.test else ""


def _close(one: "Close", found: "NearMembers") -> dict[str, object]:
    return {
        "change": "join" if one.joins else "leave",
        "by": one.test.words if one.test else "time",
        "count": one.count,
        "members": [
            {
                "member": member,
                "revenue": revenue,
                "value": value and value_of(value),
                "gap": _gap(one, value, found) or None,
            }
            for member, revenue, value in one.members
        ],
    }


def print_person(found: "Person", as_json: bool) -> None:
    """The segments that a customer is and was in. With everything: the number of rows in each table."""
    if as_json:
        told: dict[str, object] = {f"{found.entity}_id": found.member, "stays": found.stays}
        print(dumped(told | {"tables": found.rows, "files": found.files} if found.rows else told))
        return
    out, zone = console(), found.plan.catalog.timezone
    labels = {one.segment.name: one.segment.label for one in found.plan.segments}
    name = escape(in_a_line(found.member))
    now = [stay for stay in found.stays if stay["left_at"] is None]
    out.print(f"{found.entity.capitalize()} [bold]{name}[/bold] is in {counted(len(now), 'segment')}")
    lines = table("segment", "~label", "=joined", "=left")
    for stay in sorted(found.stays, key=lambda stay: (stay["left_at"] is not None, stay["segment"], stay["joined_at"])):
        joined = _when(stay["joined_at"], stay["join_cause"], zone)
        left = _when(stay["left_at"], stay["leave_cause"], zone) if stay["left_at"] else ""
        lines.add_row(stay["segment"], label(labels.get(stay["segment"], "")), joined, left)
    if found.stays:
        out.print(lines)
    for name, rows in found.rows.items():
        out.print(f"{name}: {counted(len(rows), 'row')}; --json shows all")
    for path, told_of in found.files.items():
        out.print(f"{escape(path)}: names them (segctl erase: {escape(told_of)})")


def _when(instant: "datetime", cause: str, timezone: str) -> str:
    return f"{as_local(instant, timezone)} ({cause})"
