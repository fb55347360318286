"""Prints why a customer is in a segment or not, as a tree."""

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.markup import escape
from rich.tree import Tree

from segctl.errors.visible import in_a_line
from segctl.operations.questions.clauses import Clause, as_data, deciding
from segctl.operations.questions.why import Reason
from segctl.operations.runs.instants import as_local
from segctl.output.layout import console, dumped, label, shown

if TYPE_CHECKING:
    from segctl.operations.questions.verdicts import Verdict
    from segctl.warehouse import Row


def print_reason(reason: Reason, as_json: bool) -> None:
    """Whether the customer is a member, since when, and the rule as a tree with the customer's values."""
    segment = reason.planned.segment
    if as_json:
        data = {f"{reason.planned.entity}_id": reason.customer, "segment": segment.name, "member": reason.is_member}
        data |= {"as_of": reason.as_of, "eligible": reason.eligible}
        data["rule"] = as_data(reason.clause) if reason.clause else None
        data |= {"keep_while": as_data(reason.keep_while)} if reason.keep_while else {}
        data |= {"would_change_it": _changing(reason.clause) if reason.clause else [], "turns_on": reason.turns_on}
        print(dumped(data | {"stays": reason.stays, "notes": reason.notes}))
        return
    out = console()
    when = as_local(reason.as_of, reason.timezone)
    is_in = "is in" if reason.is_member else "is not in"
    name = escape(in_a_line(str(reason.customer)))
    out.print(
        f"{reason.planned.entity.capitalize()} [bold]{name}[/bold] {is_in} [bold]{segment.name}[/bold] as of {when}"
    )
    for note in reason.notes:
        out.print(f"note: {escape(note)}", style="yellow")
    if reason.clause:
        tree = Tree(f"{segment.name}  {label(segment.label)}  [dim]{segment.mark}[/dim]")
        _add_clause(tree, reason.clause, reason.timezone)
        if reason.keep_while:
            _add_clause(tree.add("[dim]keep_while[/dim]"), reason.keep_while, reason.timezone)
        out.print(tree)
        for line in _outlook(reason):
            out.print(escape(line))
    for stay in reason.stays:
        out.print(_stay(stay, reason.timezone))


def print_verdicts(verdicts: "Sequence[Verdict]", as_json: bool) -> None:
    """Whether the customer would be a member, and the rule as a tree with their values."""
    if as_json:
        answers = [
            {
                f"{verdict.planned.entity}_id": verdict.member,
                "segment": verdict.planned.segment.name,
                "member": verdict.clause.holds,
            }
            | {"as_of": verdict.as_of, "rule": as_data(verdict.clause), "would_change_it": _changing(verdict.clause)}
            for verdict in verdicts
        ]
        print(dumped(answers))
        return
    out = console()
    for verdict in verdicts:
        would = "would be in" if verdict.clause.holds else "would not be in"
        name, when = escape(in_a_line(verdict.member)), as_local(verdict.as_of, verdict.timezone)
        who = f"{verdict.planned.entity.capitalize()} [bold]{name}[/bold]"
        out.print(f"{who} {would} [bold]{verdict.planned.segment.name}[/bold] as of {when}")
        tree = Tree(f"{verdict.planned.segment.name}  {label(verdict.planned.segment.label)}")
        _add_clause(tree, verdict.clause, verdict.timezone)
        out.print(tree)
        for line in _change(verdict.clause):
            out.print(escape(line))


def _changing(clause: Clause) -> list[str]:
    return [part.text for part in deciding(clause)]


def _change(clause: Clause) -> Iterator[str]:
    """What would change the answer."""
    parts = [in_a_line(f"{part.text}{f' ({part.gap})' if part.gap else ''}") for part in deciding(clause)]
    if parts:
        would = "no longer match" if clause.holds else "fit"
        yield f"Would {would} if this alone came out otherwise: {'; '.join(parts)}"


def _outlook(reason: Reason) -> Iterator[str]:
    """What would change the answer, and when time alone will change it."""
    assert reason.clause is not None
    yield from _change(reason.clause)
    if reason.turns_on:
        day = f"{reason.turns_on.replace(tzinfo=UTC).astimezone(ZoneInfo(reason.timezone)):%-d %B %Y}"
        does = "no longer matches" if reason.clause.holds else "fits"
        yield f"As the data stands, the {reason.planned.entity} {does} from {day} on"


def _add_clause(tree: Tree, clause: Clause, timezone: str) -> None:
    sign = "[green]true [/green]" if clause.holds else "[red]false[/red]"
    value = ""
    if clause.kind == "test":
        value = f"  [bold]is {escape(shown(clause.value, timezone))}[/bold]"
        value += f" ({clause.gap})" if clause.gap else ""
    if clause.inputs:
        values_text = ", ".join(
            f"{name} is {shown(value_of_input, timezone)}" for name, value_of_input in clause.inputs.items()
        )
        value += f"  ({escape(values_text)})"
    branch = tree.add(f"{sign} {escape(in_a_line(clause.text))}{value}  [dim]{clause.mark}[/dim]")
    for part in clause.parts:
        _add_clause(branch, part, timezone)


def _stay(stay: "Row", timezone: str) -> str:
    joined = f"joined {as_local(stay['joined_at'], timezone)} ({stay['join_cause']})"
    if stay["left_at"] is None:
        return f"{joined}, still in"
    return f"{joined}, left {as_local(stay['left_at'], timezone)} ({stay['leave_cause']})"
