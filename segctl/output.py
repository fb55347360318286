"""Data as people and machines read it: tables and trees on a terminal, plain text when piped, JSON when asked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from segctl.errors import ProblemsFound
from segctl.operations.instants import as_local
from segctl.operations.why import Clause, Reason, as_data, dumped
from segctl.render import rule_in_words

if TYPE_CHECKING:
    from segctl.operations.init import Proposal
    from segctl.operations.render import Rendered
    from segctl.operations.run import RunReport
    from segctl.operations.show import Detail, Overview
    from segctl.plan import Plan
    from segctl.warehouse import Row, Step

PIPED_WIDTH = 200


def console(stderr: bool = False) -> Console:
    """A console as wide as the terminal, or wide enough for a line a row when piped."""
    found = Console(stderr=stderr, highlight=False)
    return found if found.is_terminal else Console(stderr=stderr, highlight=False, width=PIPED_WIDTH)


def problems_as_json(found: ProblemsFound) -> str:
    """Problems as a JSON list of file, line, column, code, message and hint."""
    return dumped(
        [
            {
                "file": problem.mark.file,
                "line": problem.mark.line,
                "column": problem.mark.column,
                "code": problem.code,
                "message": problem.message,
                "hint": problem.hint,
            }
            for problem in found.problems
        ]
    )


def print_validated(plan: "Plan", as_json: bool) -> None:
    """That everything is in order, and how much there is."""
    if as_json:
        print("[]")
        return
    segments, features = len(plan.segments), len(plan.features)
    print(
        f"{segments} segments in {len(plan.files)} files, {features} features from {len(plan.scans)} event scans: fine."
    )


def print_rendered(rendered: "Rendered") -> None:
    """What was written and deleted."""
    for path in rendered.written:
        print(f"wrote {path}")
    for path in rendered.deleted:
        print(f"deleted {path}")
    changed = len(rendered.written) + len(rendered.deleted)
    unchanged = rendered.files - len(rendered.written)
    print(f"{rendered.segments} segments: {changed} files changed, {unchanged} unchanged.")


def print_diff(diff: str) -> None:
    """A unified diff, coloured on a terminal."""
    out = console()
    colours = {"+": "green", "-": "red", "@": "cyan"}
    for line in diff.splitlines():
        out.print(escape(line), style=colours.get(line[:1]), soft_wrap=True)


def print_init(proposal: "Proposal", dry_run: bool) -> None:
    """What was or would be written, what was left alone, and what to do next."""
    for path in proposal.written:
        print(f"{'would write' if dry_run else 'wrote'} {path}")
    for path, reason in proposal.left:
        print(f"left {path} alone: {reason}")
    for note in proposal.notes:
        print(note)
    print("\nNext:")
    for number, step in enumerate(proposal.steps, start=1):
        print(f"  {number}. {step}")


@contextmanager
def progress() -> Iterator[Callable[["Step"], None]]:
    """A progress bar on a terminal, a line for what fails when piped."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    out = console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task("starting dbt", total=None)

        def on_step(step: "Step") -> None:
            bar.update(task, completed=step.number, total=step.total or None, description=f"{step.kind} {step.name}")
            if step.status in ("error", "fail", "warn"):
                style = "yellow" if step.status == "warn" else "red"
                bar.console.print(f"{step.status}: {step.kind} {step.name}", style=style)

        yield on_step


def print_run(report: "RunReport", as_json: bool) -> None:
    """One row a segment: size, joined, left, revenue of members and its share of all revenue."""
    from segctl.operations.run import revenue_share

    if as_json:
        rows = [row | {"revenue_share": revenue_share(row)} for row in report.rows]
        print(dumped({"as_of": report.as_of, "segments": rows, "warnings": report.warnings}))
        return
    table = _table("segment", "label", ">size", ">joined", ">left", f">revenue {report.currency}".rstrip(), ">share")
    for row in report.rows:
        counts = [f"{row['size']:,}", _signed("+", row["joined_count"]), _signed("-", row["left_count"])]
        table.add_row(
            row["segment"],
            escape(row["label"] or ""),
            *counts,
            _money(row["member_revenue"]),
            _share(revenue_share(row)),
        )
    out = console()
    out.print(f"As of {as_local(report.as_of, report.timezone)}", style="bold")
    out.print(table)


def print_overview(found: "Overview", as_json: bool) -> None:
    """One row a segment: what it is called, whose it is, and its size in the last run."""
    rows = []
    for planned in found.plan.segments:
        segment = planned.segment
        size = found.sizes.get(segment.name, {})
        rows.append(
            {
                "segment": segment.name,
                "label": segment.label,
                "owner": segment.owner,
                "tags": list(segment.tags),
                "enabled": segment.enabled,
                "size": size.get("size"),
                "as_of": size.get("as_of"),
                "source": str(segment.mark),
            }
        )
    if as_json:
        print(dumped(rows))
        return
    table = _table("segment", "label", ">size", "owner", "tags", "source")
    for row in rows:
        size = "disabled" if not row["enabled"] else "" if row["size"] is None else f"{row['size']:,}"
        tags = ", ".join(row["tags"])
        table.add_row(row["segment"], escape(row["label"]), size, escape(row["owner"]), escape(tags), row["source"])
    console().print(table)
    if found.note:
        console(stderr=True).print(found.note, style="yellow")


def print_detail(found: "Detail", as_json: bool) -> None:
    """One segment in full."""
    segment = found.planned.segment
    words = rule_in_words(found.planned.predicate)
    if as_json:
        fields = ("name", "label", "description", "owner", "tags", "enabled")
        data = {field: getattr(segment, field) for field in fields}
        data |= {"source": str(segment.mark), "rule": words, "definition_hash": found.planned.definition_hash}
        print(dumped(data | {"sql": found.sql, "runs": found.runs, "members": found.members}))
        return
    out = console()
    out.print(f"[bold]{segment.name}[/bold]  {escape(segment.label)}")
    for title, text in (
        ("about", segment.description),
        ("owner", segment.owner),
        ("tags", ", ".join(segment.tags)),
        ("source", str(segment.mark)),
        ("state", "" if segment.enabled else "disabled"),
        ("rule", words),
        ("hash", found.planned.definition_hash),
    ):
        if text:
            out.print(f"{title:8}{escape(text)}", soft_wrap=True)
    out.print(f"\n{escape(found.sql)}", soft_wrap=True)
    if found.runs:
        out.print(_runs(found))
    if found.members:
        out.print(_members(found))
    if found.note:
        console(stderr=True).print(found.note, style="yellow")


def _runs(found: "Detail") -> Table:
    table = _table("run as of", ">size", ">joined", ">left", f">revenue {found.currency}".rstrip())
    for row in found.runs:
        counts = [f"{row['size']:,}", _signed("+", row["joined_count"]), _signed("-", row["left_count"])]
        table.add_row(as_local(row["as_of"], found.timezone), *counts, _money(row["member_revenue"]))
    return table


def _members(found: "Detail") -> Table:
    table = _table("newest members", "joined", "cause", "may be contacted")
    for row in found.members:
        eligible = {True: "yes", False: "no", None: ""}[row["eligible"]]
        joined = as_local(row["joined_at"], found.timezone)
        table.add_row(escape(str(row["customer_id"])), joined, row["join_cause"], eligible)
    return table


def print_reason(found: Reason, as_json: bool) -> None:
    """Whether the customer is in the segment, since when, and the rule as a tree with the customer's values."""
    segment = found.planned.segment
    open_stay = next((stay for stay in found.stays if stay["left_at"] is None), None)
    if as_json:
        data = {"customer_id": found.customer, "segment": segment.name, "member": open_stay is not None}
        data |= {"as_of": found.row["as_of"], "eligible": found.row["eligible"]}
        print(dumped(data | {"rule": as_data(found.clause), "stays": found.stays, "notes": found.notes}))
        return
    out = console()
    when = as_local(found.row["as_of"], found.timezone)
    is_in = "is in" if open_stay else "is not in"
    name = escape(str(found.customer))
    out.print(f"Customer [bold]{name}[/bold] {is_in} [bold]{segment.name}[/bold] as of {when}")
    for note in found.notes:
        out.print(f"note: {note}", style="yellow")
    tree = Tree(f"{segment.name}  {escape(segment.label)}  [dim]{segment.mark}[/dim]")
    _grow(tree, found.clause, found.timezone)
    out.print(tree)
    for stay in found.stays:
        out.print(_stay(stay, found.timezone))


def _grow(tree: Tree, clause: Clause, timezone: str) -> None:
    sign = "[green]true [/green]" if clause.holds else "[red]false[/red]"
    value = ""
    if clause.kind == "test":
        value = f"  [bold]is {escape(_shown(clause.value, timezone))}[/bold]"
    branch = tree.add(f"{sign} {escape(clause.words)}{value}  [dim]{clause.mark}[/dim]")
    for part in clause.parts:
        _grow(branch, part, timezone)


def _stay(stay: "Row", timezone: str) -> str:
    joined = f"joined {as_local(stay['joined_at'], timezone)} ({stay['join_cause']})"
    if stay["left_at"] is None:
        return f"{joined}, still in"
    return f"{joined}, left {as_local(stay['left_at'], timezone)} ({stay['leave_cause']})"


def _shown(value: object, timezone: str) -> str:
    from datetime import datetime

    if value is None:
        return "missing"
    if isinstance(value, datetime):
        return as_local(value, timezone)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _table(*titles: str) -> Table:
    """A table with these columns; a title that begins with `>` is of numbers."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        right = title.startswith(">")
        table.add_column(title.lstrip(">"), justify="right" if right else "left", no_wrap=right)
    return table


def _signed(sign: str, count: int) -> str:
    return f"{sign}{count:,}" if count else "0"


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"


def _share(share: Decimal | None) -> str:
    return "" if share is None else f"{share:.1%}"
