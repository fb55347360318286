"""The answer to why, as a tree."""

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.tree import Tree

from segctl.operations.clauses import Clause, as_data
from segctl.operations.instants import as_local
from segctl.operations.why import Reason
from segctl.output.layout import console, dumped, label, shown
from segctl.visible import in_a_line

if TYPE_CHECKING:
    from segctl.warehouse import Row


def print_reason(found: Reason, as_json: bool) -> None:
    """Whether the customer is in the segment, since when, and the rule as a tree with the customer's values."""
    segment = found.planned.segment
    open_stay = next((stay for stay in found.stays if stay["left_at"] is None), None)
    if as_json:
        data = {f"{found.planned.entity}_id": found.customer, "segment": segment.name, "member": open_stay is not None}
        data |= {"as_of": found.row["as_of"], "eligible": found.row["eligible"]}
        data["rule"] = as_data(found.clause) if found.clause else None
        data |= {"keep_while": as_data(found.keep_while)} if found.keep_while else {}
        print(dumped(data | {"stays": found.stays, "notes": found.notes}))
        return
    out = console()
    when = as_local(found.row["as_of"], found.timezone)
    is_in = "is in" if open_stay else "is not in"
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
    for stay in found.stays:
        out.print(_stay(stay, found.timezone))


def _grow(tree: Tree, clause: Clause, timezone: str) -> None:
    sign = "[green]true [/green]" if clause.holds else "[red]false[/red]"
    value = ""
    if clause.kind == "test":
        value = f"  [bold]is {escape(shown(clause.value, timezone))}[/bold]"
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
