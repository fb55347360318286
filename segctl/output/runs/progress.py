"""Prints progress, one segment in full, and warnings."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.markup import escape

from segctl.errors.visible import in_a_line
from segctl.operations.runs.instants import as_local
from segctl.output.layout import (
    Table,
    console,
    dumped,
    gained,
    indented,
    label,
    lost,
    money,
    note,
    table,
    with_amounts,
)
from segctl.output.recomputation import not_kept
from segctl.output.runs.node_names import node_name
from segctl.process.streams import is_quiet, takes_all_characters
from segctl.render import definition_text, guard_text

if TYPE_CHECKING:
    from segctl.operations.segments.show import Detail
    from segctl.plan.planned import PlannedSegment
    from segctl.warehouse import FinishedNode


@contextmanager
def progress() -> Iterator[Callable[["FinishedNode"], None]]:
    """A progress bar on a terminal; nothing when piped."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    out = console(stderr=True)
    spinner = "dots" if takes_all_characters(sys.stderr) else "line"
    columns = (SpinnerColumn(spinner), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=out, transient=True, disable=is_quiet() or not out.is_terminal) as bar:
        task = bar.add_task("starting dbt", total=None)

        def on_step(step: "FinishedNode") -> None:
            description = escape(in_a_line(node_name(step)))
            bar.update(task, completed=step.number, total=step.total or None, description=description)

        yield on_step


def print_warning(warning: str) -> None:
    """Prints a warning to standard error."""
    note(f"warning: {warning}")


def print_compacted(tables: list[str], as_json: bool) -> None:
    """Lists the tables that were rewritten."""
    if as_json:
        print(dumped({"tables": tables}))
    else:
        print(f"{len(tables)} tables rewritten: {', '.join(tables)}" if tables else "nothing to do on this engine")


def print_detail(detail: "Detail", as_json: bool) -> None:
    """One segment in full."""
    note(detail.note)
    segment = detail.planned.segment
    words = definition_text(detail.planned)
    if as_json:
        fields = ("name", "label", "description", "owner", "tags", "enabled")
        data = {field: getattr(segment, field) for field in fields}
        data |= {
            "source": str(segment.mark),
            "says": list(detail.sentences),
            "rule": words,
            "definition_hash": detail.planned.definition_hash,
        }
        data |= {"replayable": detail.planned.replayable, "changing_attributes": detail.planned.changing}
        runs = [with_amounts(row) for row in detail.runs]
        print(dumped(data | {"sql": detail.sql, "runs": runs, "members": detail.members}))
        return
    out = console()
    out.print(f"[bold]{segment.name}[/bold]  {label(segment.label)}")
    for title, text in (
        ("about", segment.description),
        ("owner", segment.owner),
        ("tags", ", ".join(segment.tags)),
        ("source", str(segment.mark)),
        ("state", "" if segment.enabled else "disabled"),
        ("says", " ".join(detail.sentences)),
        ("rule", words),
        ("hash", detail.planned.definition_hash),
        ("guard", guard_text(detail.planned)),
        ("replay", _replayable(detail.planned)),
    ):
        if text:
            out.print(f"{title:8}{escape(indented(text, 8))}", soft_wrap=True)
    out.print(f"\n{escape(detail.sql)}", soft_wrap=True)
    if detail.runs:
        out.print(_runs(detail))
    if detail.members:
        out.print(_members(detail))


def _replayable(planned: "PlannedSegment") -> str:
    """Whether a replay gives the exact past members."""
    if planned.replayable == "full":
        return "full: a replay of the past is exact"
    return f"partial: {not_kept(planned.changing)}"


def _runs(detail: "Detail") -> Table:
    lines = table("run as of", ">size", ">joined", ">left", f">revenue {detail.currency}".rstrip())
    for row in detail.runs:
        counts = [f"{row['size']:,}", gained(row["joined_count"]), lost(row["left_count"])]
        lines.add_row(as_local(row["as_of"], detail.timezone), *counts, money(row["member_revenue"]))
    return lines


def _members(detail: "Detail") -> Table:
    lines = table("newest members", "joined", "cause", "may be contacted")
    for row in detail.members:
        eligible = {True: "yes", False: "no", None: ""}[row["eligible"]]
        joined = as_local(row["joined_at"], detail.timezone)
        lines.add_row(escape(str(row[f"{detail.planned.entity}_id"])), joined, row["join_cause"], eligible)
    return lines
