"""Renders the table of each event source: one row per customer with events, and their aggregates."""

from collections.abc import Iterable
from dataclasses import dataclass

from segctl.features import Aggregate, Scan, passed_by_events
from segctl.language.names import fitted, import_name
from segctl.language.syntax import Promise
from segctl.plan.plan import Plan
from segctl.render.features.placement import source_table
from segctl.render.sources.days import read_of
from segctl.render.sources.groupings import (
    adds_up,
    grouping_step,
    groupings,
    joined_aggregate,
    kept_aggregate,
    moved_aggregate,
    shared_conditions,
)
from segctl.render.sources.inputs import input_column, source_columns, source_conditions, source_scans, visible_until
from segctl.render.sources.promises import promise_text, stamp
from segctl.render.sql.boundaries import THEN, with_boundaries
from segctl.render.sql.imports import MACROS, keyed
from segctl.render.sql.layout import INDENT, called, comment, wrapped_condition
from segctl.render.sql.templates import COLUMN, SOURCES, TEMPLATES


def source_models(plan: Plan) -> dict[str, str]:
    """The tables by relative path."""
    return {f"sources/{source_table(scan)}": _model(scan, plan) for scan in source_scans(plan)}


def source_comment(scan: Scan) -> str:
    """The description of the table."""
    events = f"{', '.join(scan.events[:-1])} and {scan.events[-1]}" if len(scan.events) > 1 else scan.events[0]
    return f"Aggregates of the events {events} of {scan.model}: one row for each customer with such events."


@dataclass(frozen=True)
class _Columns:
    """The columns of a source's events, and of its table: how many events a customer has, and their fingerprint."""

    customer: str
    key: str
    at: str
    rows: str
    fingerprint: str


@dataclass(frozen=True)
class _Aggregates:
    """The SQL of a source's aggregates, and the boundaries that events pass.

    `computed` are all columns of the table, `moved` and `kept` those that only gain or lose the events in `passed`.
    `gone` are the boundaries of the others, and `seen` the conditions that all share.
    """

    steps: list[dict[str, object]]
    computed: list[str]
    seen: list[str]
    moved: list[str]
    kept: list[str]
    passed: list[str]
    gone: list[str]


def _model(scan: Scan, plan: Plan) -> str:
    read, promise = read_of(scan, plan), plan.promise(scan)
    customer, at = scan.customer.lower(), scan.at.lower()
    columns = _Columns(customer, keyed(customer), at, *source_columns(scan))
    happened = [wrapped_condition(sql, COLUMN, len("and ")) for sql in source_conditions(scan, plan)]
    aggregates = [aggregate for grouping in groupings(scan, plan) for aggregate in grouping.aggregates]
    text = TEMPLATES.get_template("features/source.sql.j2").render(
        sources=SOURCES,
        description=comment(source_comment(scan), ""),
        read=read,
        relation=import_name(scan.model),
        columns=columns,
        content=sorted(plan.content(scan)),
        conditions=happened,
        aggregates=_aggregates(scan, plan, happened),
        calls=_calls(scan, plan, columns, read.reference),
        checked=f"promised='{fitted(scan.source)}'" if promise else "",
        promise_hook=_broken_promise_hook(promise, scan, read.reference) if promise else "",
    )
    return with_boundaries(text, plan, then={visible_until(scan, plan), *_variables(aggregates, scan)})


def _aggregates(scan: Scan, plan: Plan, happened: list[str]) -> _Aggregates:
    groups = groupings(scan, plan)
    aggregates = [aggregate for grouping in groups for aggregate in grouping.aggregates]
    moved = [aggregate for aggregate in aggregates if adds_up(aggregate) and aggregate.boundaries]
    return _Aggregates(
        steps=[grouping_step(grouping) for grouping in groups],
        computed=[joined_aggregate(aggregate, grouping) for grouping in groups for aggregate in grouping.aggregates],
        seen=[sql for sql in (shared_conditions(aggregates[0]) if aggregates else []) if sql not in happened],
        moved=[moved_aggregate(aggregate) for aggregate in moved],
        kept=[kept_aggregate(aggregate, moved) for aggregate in aggregates],
        passed=_variables(moved, scan),
        gone=_variables((aggregate for aggregate in aggregates if not adds_up(aggregate)), scan),
    )


def _calls(scan: Scan, plan: Plan, columns: _Columns, reference: str) -> dict[str, str]:
    """The calls of macros that find customers with changed events."""
    customer, counted = f"'{columns.customer}'", [f"'{columns.rows}'", f"'{columns.fingerprint}'"]
    promise, source = plan.promise(scan), f"'{fitted(scan.source)}'"
    by = [f"promised=['{import_name(scan.model)}', '{promise.column.column.lower()}']"] if promise else []
    watched = ["known", source, reference, customer, f"{visible_until(scan, plan)}{THEN}", *by]
    by_days = [customer, f"'{columns.at}'", f"[{', '.join(counted)}]", "content", "passed", "watched"]
    return {
        "watched": called("source_watch", watched, becomes="watched"),
        "stale_by_days": called("stale_by_days", by_days),
        "stale_by_data": called("stale_by_data", [*counted, "known", "watched"]),
    }


def _broken_promise_hook(promise: Promise, scan: Scan, relation: str) -> str:
    """The hook that reports a broken promise."""
    arguments = [
        f"'{fitted(scan.source)}'",
        f"'{promise_text(promise)}'",
        "this",
        f"'{input_column(scan.source)}'",
        relation,
    ]
    at = f"segctl.{MACROS[scan.at_type]}('{scan.at.lower()}')" if scan.at_type in MACROS else f"'{scan.at.lower()}'"
    arguments += [f"'{scan.customer.lower()}'", stamp(promise.column), at]
    return called("warn_broken_promise", arguments, INDENT)


def _variables(aggregates: Iterable[Aggregate], scan: Scan) -> list[str]:
    return [boundary.variable for boundary in passed_by_events(aggregates, scan)]
