"""What segctl says of runs and of the segments in the warehouse."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from segctl.operations.instants import as_local
from segctl.output.layout import (
    amount,
    console,
    dumped,
    indented,
    label,
    listed_segment,
    money,
    share,
    signed,
    table,
    with_amounts,
)
from segctl.output.past import not_kept
from segctl.render import definition_in_words, guard_in_words
from segctl.streams import takes_all_characters
from segctl.visible import in_a_line

if TYPE_CHECKING:
    from segctl.operations.run import Held, RunReport
    from segctl.operations.show import Detail, Overview
    from segctl.planned import PlannedSegment
    from segctl.warehouse import Step


@contextmanager
def progress() -> Iterator[Callable[["Step"], None]]:
    """A progress bar on a terminal; nothing when piped."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    out = console(stderr=True)
    spinner = "dots" if takes_all_characters(sys.stderr) else "line"
    columns = (SpinnerColumn(spinner), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task("starting dbt", total=None)

        def on_step(step: "Step") -> None:
            told = escape(in_a_line(f"{step.kind} {step.name}"))
            bar.update(task, completed=step.number, total=step.total or None, description=told)

        yield on_step


def print_run(report: "RunReport", as_json: bool, more: dict[str, object] | None = None) -> None:
    """One row a segment: size, joined, left, revenue of members and its share of all revenue.

    `more` stands beside that in what machines read.
    """
    from segctl.operations.run import revenue_share

    if as_json:
        rows = [with_amounts(row) | {"revenue_share": _share(revenue_share(row))} for row in report.rows]
        held = [asdict(one) for one in report.held]
        told = {"as_of": report.as_of, "segments": rows, "held": held, "warnings": report.warnings}
        print(dumped(told | (more or {})))
        return
    lines = table("segment", "label", ">size", ">joined", ">left", f">revenue {report.currency}".rstrip(), ">share")
    for row in report.rows:
        counts = [f"{row['size']:,}", signed("+", row["joined_count"]), signed("-", row["left_count"])]
        lines.add_row(
            row["segment"],
            label(row["label"] or ""),
            *counts,
            money(row["member_revenue"]),
            share(revenue_share(row)),
        )
    out = console()
    out.print(f"As of {as_local(report.as_of, report.timezone)}", style="bold")
    out.print(lines)
    for one in report.held:
        console(stderr=True).print(_held(one), style="red", highlight=False)
    for warning in report.warnings:
        print_warning(warning)


def _share(share: Decimal | None) -> str | None:
    """A share of 0 to 1 for machines, with at most six places."""
    return None if share is None else amount(round(share, 6))


def print_warning(warning: str) -> None:
    """What may be wrong, beside what was asked for."""
    console(stderr=True).print(f"warning: {escape(warning)}", style="yellow")


def _held(one: "Held") -> str:
    """What a guard kept from happening."""
    told = {
        "reused_name": "the name had another meaning before",
        "renamed": _renamed(one),
        "group": "another segment of its exclusive group is held back",
    }.get(one.guard, one.guard)
    would = f"{_counted(one.joins, one.joining)} would join, {_counted(one.leaves, one.leaving)} would leave"
    hint = f"segctl run --allow {one.segment} lets it pass once"
    if one.others:
        new, former = (one.others[0], one.segment) if one.gone else (one.segment, one.others[0])
        hint = f"add formerly: {former} to {new} if it is the same, or segctl run --allow {new} if it is another"
    return f"held back: {one.segment} ({told}); {would}; its members stay as they were\n  hint: {hint}"


def _renamed(one: "Held") -> str:
    """What is found of a segment that may have been renamed, with all that it may be."""
    others = " or ".join(one.others)
    if one.gone:
        return f"it is not defined any more, and {others} means the same: was it renamed?"
    return f"it means what {others} meant, which is not defined any more: was it renamed?"


def _counted(count: int, some: tuple[str, ...]) -> str:
    """A number of members, and some of them."""
    named = ", ".join([*map(in_a_line, some), *(["…"] if count > len(some) else [])])
    return f"{count:,} ({escape(named)})" if some else f"{count:,}"


def print_compacted(tables: list[str], as_json: bool) -> None:
    """Which tables were rewritten."""
    if as_json:
        print(dumped({"tables": tables}))
    else:
        print(f"{len(tables)} tables rewritten: {', '.join(tables)}" if tables else "nothing to do on this engine")


def print_overview(found: "Overview", as_json: bool) -> None:
    """One row a segment: what it is called, whose it is, and its size in the last run."""
    _note(found.note)
    if as_json:
        print(dumped([_overview_row(planned, found) for planned in found.plan.segments]))
        return
    lines = table("segment", "label", ">size", "owner", "tags", "source")
    for planned in found.plan.segments:
        segment = planned.segment
        row = found.sizes.get(segment.name, {})
        size = "" if row.get("size") is None else f"{row['size']:,}"
        told = "disabled" if not segment.enabled else f"held back {size}" if row.get("held_by") else size
        place = f"{segment.mark.file}:{segment.mark.line}"
        texts = (segment.owner, ", ".join(segment.tags), place)
        lines.add_row(segment.name, label(segment.label), told, *(escape(text) for text in texts))
    console().print(lines)


def _note(note: str) -> None:
    if note:
        console(stderr=True).print(escape(note), style="yellow")


def _overview_row(planned: "PlannedSegment", found: "Overview") -> dict[str, object]:
    segment = planned.segment
    size = found.sizes.get(segment.name, {})
    return listed_segment(
        name=segment.name,
        label=segment.label,
        owner=segment.owner,
        tags=segment.tags,
        enabled=segment.enabled,
        size=size.get("size"),
        held_by=size.get("held_by"),
        as_of=found.as_of,
        run_as_of=found.as_of,
        source=str(segment.mark),
    )


def print_detail(found: "Detail", as_json: bool) -> None:
    """One segment in full."""
    _note(found.note)
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
    """Whether a replay finds exactly who would have been in."""
    if planned.replayable == "full":
        return "full: a replay of the past is exact"
    return f"partial: {not_kept(planned.changing)}"


def _runs(found: "Detail") -> Table:
    lines = table("run as of", ">size", ">joined", ">left", f">revenue {found.currency}".rstrip())
    for row in found.runs:
        counts = [f"{row['size']:,}", signed("+", row["joined_count"]), signed("-", row["left_count"])]
        lines.add_row(as_local(row["as_of"], found.timezone), *counts, money(row["member_revenue"]))
    return lines


def _members(found: "Detail") -> Table:
    lines = table("newest members", "joined", "cause", "may be contacted")
    for row in found.members:
        eligible = {True: "yes", False: "no", None: ""}[row["eligible"]]
        joined = as_local(row["joined_at"], found.timezone)
        lines.add_row(escape(str(row[f"{found.planned.entity}_id"])), joined, row["join_cause"], eligible)
    return lines
