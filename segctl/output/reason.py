"""Prints why a customer is in a segment or not, as a tree."""

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.markup import escape
from rich.tree import Tree

from segctl.operations.clauses import Clause, as_data, deciding
from segctl.operations.instants import as_local
from segctl.operations.why import Reason
from segctl.output.layout import console, dumped, label, shown
from segctl.visible import in_a_line

if TYPE_CHECKING:
    from segctl.operations.preview import Verdict
    from segctl.warehouse import Row


def print_reason(found: Reason, as_json: bool) -> None:
    """Whether the customer is a member, since when, and the rule as a tree with the customer's values."""
    segment = found.planned.segment
    if as_json:
        data = {f"{found.planned.entity}_id": found.customer, "segment": segment.name, "member": found.is_member}
        data |= {"as_of": found.as_of, "eligible": found.eligible}
        data["rule"] = as_data(found.clause) if found.clause else None
        data |= {"keep_while": as_data(found.keep_while)} if found.keep_while else {}
        data |= {"would_change_it": _changing(found.clause) if found.clause else [], "turns_on": found.turns_on}
        print(dumped(data | {"stays": found.stays, "notes": found.notes}))
        return
    out = console()
    when = as_local(found.as_of, found.timezone)
    is_in = "is in" if found.is_member else "is not in"
    name = escape(in_a_line(str(found.customer)))
    out.print(
        f"{found.planned.entity.capitalize()} [bold]{name}[/bold] {is_in} [bold]{segment.name}[/bold] as of {when}"
    )
    for note in found.notes:
        out.print(f"note: {escape(note)}", style="yellow")
    if found.clause:
        tree = Tree(f"{segment.name}  {label(segment.label)}  [dim]{segment.mark}[/dim]")
        _grow(tree, found.clause, found.timezone)
        if found.keep_while:
            _grow(tree.add("[dim]keep_while[/dim]"), found.keep_while, found.timezone)
        out.print(tree)
        for line in _outlook(found):
            out.print(escape(line))
    for stay in found.stays:
        out.print(_stay(stay, found.timezone))


def print_verdicts(found: "Sequence[Verdict]", as_json: bool) -> None:
    """Whether the customer would be a member, and the rule as a tree with their values."""
    if as_json:
        told = [
            {f"{one.planned.entity}_id": one.member, "segment": one.planned.segment.name, "member": one.clause.holds}
            | {"as_of": one.as_of, "rule": as_data(one.clause), "would_change_it": _changing(one.clause)}
            for one in found
        ]
        print(dumped(told))
        return
    out = console()
    for one in found:
        would = "would be in" if one.clause.holds else "would not be in"
        name, when = escape(in_a_line(one.member)), as_local(one.as_of, one.timezone)
        who = f"{one.planned.entity.capitalize()} [bold]{name}[/bold]"
        out.print(f"{who} {would} [bold]{one.planned.segment.name}[/bold] as of {when}")
        tree = Tree(f"{one.planned.segment.name}  {label(one.planned.segment.label)}")
        _grow(tree, one.clause, one.timezone)
        out.print(tree)
        for line in _change(one.clause):
            out.print(escape(line))


def _changing(clause: Clause) -> list[str]:
    return [one.words for one in deciding(clause)]


def _change(clause: Clause) -> Iterator[str]:
    """What would change the answer."""
    told = [in_a_line(f"{one.words}{f' ({one.gap})' if one.gap else ''}") for one in deciding(clause)]
    if told:
        would = "no longer match" if clause.holds else "fit"
        yield f"Would {would} if this alone came out otherwise: {'; '.join(told)}"


def _outlook(found: Reason) -> Iterator[str]:
    """What would change the answer, and when time alone will change it."""
    assert found.clause is not None
    yield from _change(found.clause)
    if found.turns_on:
        day = f"{found.turns_on.replace(tzinfo=UTC).astimezone(ZoneInfo(found.timezone)):%-d %B %Y}"
        does = "no longer matches" if found.clause.holds else "fits"
        yield f"As the data stands, the {found.planned.entity} {does} from {day} on"


def _grow(tree: Tree, clause: Clause, timezone: str) -> None:
    sign = "[green]true [/green]" if clause.holds else "[red]false[/red]"
    value = ""
    if clause.kind == "test":
        value = f"  [bold]is {escape(shown(clause.value, timezone))}[/bold]"
        value += f" ({clause.gap})" if clause.gap else ""
    if clause.looked_at:
        told = ", ".join(f"{name} is {shown(looked, timezone)}" for name, looked in clause.looked_at.items())
        value += f"  ({escape(told)})"
    branch = tree.add(f"{sign} {escape(in_a_line(clause.words))}{value}  [dim]{clause.mark}[/dim]")
    for part in clause.parts:
        _grow(branch, part, timezone)


def _stay(stay: "Row", timezone: str) -> str:
    joined = f"joined {as_local(stay['joined_at'], timezone)} ({stay['join_cause']})"
    if stay["left_at"] is None:
        return f"{joined}, still in"
    return f"{joined}, left {as_local(stay['left_at'], timezone)} ({stay['leave_cause']})"
