"""Prints progress, one segment in full, and warnings."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.markup import escape

from segctl.operations.instants import as_local
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
from segctl.output.past import not_kept
from segctl.output.steps import in_words
from segctl.render import definition_in_words, guard_in_words
from segctl.streams import is_quiet, takes_all_characters
from segctl.visible import in_a_line

if TYPE_CHECKING:
    from segctl.operations.show import Detail
    from segctl.planned import PlannedSegment
    from segctl.warehouse import Step


@contextmanager
def progress() -> Iterator[Callable[["Step"], None]]:
    """A progress bar on a terminal; nothing when piped."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    out = console(stderr=True)
    spinner = "dots" if takes_all_characters(sys.stderr) else "line"
    columns = (SpinnerColumn(spinner), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=out, transient=True, disable=is_quiet() or not out.is_terminal) as bar:
        task = bar.add_task("starting dbt", total=None)

        def on_step(step: "Step") -> None:
            told = escape(in_a_line(in_words(step)))
            bar.update(task, completed=step.number, total=step.total or None, description=told)

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


def print_detail(found: "Detail", as_json: bool) -> None:
    """One segment in full."""
    note(found.note)
    segment = found.planned.segment
    words = definition_in_words(found.planned)
    if as_json:
        fields = ("name", "label", "description", "owner", "tags", "enabled")
        data = {field: getattr(segment, field) for field in fields}
        data |= {
            "source": str(segment.mark),
            "says": list(found.told),
            "rule": words,
            "definition_hash": found.planned.definition_hash,
        }
        data |= {"replayable": found.planned.replayable, "changing_attributes": found.planned.changing}
        runs = [with_amounts(row) for row in found.runs]
        print(dumped(data | {"sql": found.sql, "runs": runs, "members": found.members}))
        return
    out = console()
    out.print(f"[bold]{segment.name}[/bold]  {label(segment.label)}")
    for title, text in (
        ("about", segment.description),
        ("owner", segment.owner),
        ("tags", ", ".join(segment.tags)),
        ("source", str(segment.mark)),
        ("state", "" if segment.enabled else "disabled"),
        ("says", " ".join(found.told)),
        ("rule", words),
        ("hash", found.planned.definition_hash),
        ("guard", guard_in_words(found.planned)),
        ("replay", _replayable(found.planned)),
    ):
        if text:
            out.print(f"{title:8}{escape(indented(text, 8))}", soft_wrap=True)
    out.print(f"\n{escape(found.sql)}", soft_wrap=True)
    if found.runs:
        out.print(_runs(found))
    if found.members:
        out.print(_members(found))


def _replayable(planned: "PlannedSegment") -> str:
    """Whether a replay gives the exact past members."""
    if planned.replayable == "full":
        return "full: a replay of the past is exact"
    return f"partial: {not_kept(planned.changing)}"


def _runs(found: "Detail") -> Table:
    lines = table("run as of", ">size", ">joined", ">left", f">revenue {found.currency}".rstrip())
    for row in found.runs:
        counts = [f"{row['size']:,}", gained(row["joined_count"]), lost(row["left_count"])]
        lines.add_row(as_local(row["as_of"], found.timezone), *counts, money(row["member_revenue"]))
    return lines


def _members(found: "Detail") -> Table:
    lines = table("newest members", "joined", "cause", "may be contacted")
    for row in found.members:
        eligible = {True: "yes", False: "no", None: ""}[row["eligible"]]
        joined = as_local(row["joined_at"], found.timezone)
        lines.add_row(escape(str(row[f"{found.planned.entity}_id"])), joined, row["join_cause"], eligible)
    return lines
