"""Renders the table of sources by day, which shows whether past events changed since the last run."""

from segctl.features import Scan
from segctl.language.names import fitted
from segctl.plan.plan import Plan
from segctl.render.features.placement import DAYS
from segctl.render.sources.inputs import source_conditions, source_scans, visible_until
from segctl.render.sources.promises import promised
from segctl.render.sql.boundaries import with_boundaries
from segctl.render.sql.imports import Import
from segctl.render.sql.layout import wrapped_condition
from segctl.render.sql.templates import COLUMN, SOURCES, TEMPLATES


def days_models(plan: Plan) -> dict[str, str]:
    """The table by relative path. Empty without events."""
    scans = source_scans(plan)
    if not scans:
        return {}
    text = TEMPLATES.get_template("features/days.sql.j2").render(
        sources=SOURCES,
        scans=[_source(scan, plan) for scan in scans],
        seen=sorted({visible_until(scan, plan) for scan in scans if not plan.promise(scan)}),
    )
    return {f"sources/{DAYS}": with_boundaries(text, plan, {visible_until(scan, plan) for scan in scans})}


def read_of(scan: Scan, plan: Plan) -> Import:
    """The columns to fingerprint: all columns that the catalog declares for a source's events."""
    read = Import(scan.model, {**plan.content(scan)})
    promise = plan.promise(scan)
    if promise:
        read.types.setdefault(promise.column.column.lower(), promise.column.type)
    read.types.pop(scan.customer.lower(), None)
    return read


def _source(scan: Scan, plan: Plan) -> dict[str, object]:
    promise, source = plan.promise(scan), fitted(scan.source)
    read, conditions = read_of(scan, plan), source_conditions(scan, plan)
    seen = f"{visible_until(scan, plan)}_seen"
    if promise:
        stamp, own = f"'{promise.column.column.lower()}'", f"promises['{source}']"
        seen = f"segctl.seen_until({own}), {stamp}"
        conditions.append(f"{{{{ segctl.is_settled({stamp}, {own}) }}}}")
    return {
        "source": source,
        "events": fitted(f"{scan.source}_events"),
        "read": read,
        "customer": scan.customer.lower(),
        "at": scan.at.lower(),
        "content": [column for column in sorted(plan.content(scan)) if column != scan.customer.lower()],
        "conditions": [wrapped_condition(sql, COLUMN, len("and ")) for sql in conditions],
        "seen": seen,
        "counted": not promise or promise.append_only,
        "promise": promise,
        "promised": promised(promise, source, read.reference) if promise else "",
    }
