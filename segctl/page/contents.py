"""What the browser gets of a report: an overview at once, and the rest when a view asks for it."""

from dataclasses import asdict, fields

from segctl.operations.report.contents import History, Report, Segment
from segctl.page.figures import CAUSES, UNTOLD
from segctl.page.live import Live
from segctl.page.packing import Json, columns, history, packed
from segctl.page.plots import specs
from segctl.page.vega import HOW

# What only the view of a segment shows; the portfolio has the rest of a segment's fields.
TEXTS = ("yaml", "sentences", "guards")
TABLES = ("causes", "versions", "retention", "sources", "similar", "concentration", "returns", "members")


def packs(report: Report, live: Live | None, plotted: bool) -> dict[str, str]:
    """Each pack by name: `overview`, `overlaps`, `flows`, and one for each segment by its place."""
    return {
        "overview": packed(overview(report, live, plotted)),
        "overlaps": packed(columns(report.overlaps)),
        "flows": packed({"runs": report.flow_runs, "flows": columns(report.flows)}),
        **{f"segment-{place}": packed(details(segment)) for place, segment in enumerate(report.segments)},
    }


def overview(report: Report, live: Live | None, plotted: bool) -> Json:
    """All that is small or that the portfolio needs."""
    apart = {"runs", "segments", "overlaps", "flows", "flow_runs", "headline", "concentration", "freshness"}
    return {
        **{field.name: getattr(report, field.name) for field in fields(report) if field.name not in apart},
        "headline": asdict(report.headline),
        "runs": columns(report.runs),
        "segments": [light(segment) for segment in report.segments],
        "concentration": columns(report.concentration),
        "freshness": columns(report.freshness),
        "plots": specs() if plotted else None,
        "how": HOW,
        "causes": CAUSES,
        "untold": UNTOLD,
        "live": None if live is None else asdict(live),
    }


def light(segment: Segment) -> Json:
    """A row of the portfolio."""
    row = {
        field.name: getattr(segment, field.name)
        for field in fields(segment)
        if field.name not in (*TEXTS, *TABLES, "history")
    }
    return {**row, "published": published(segment.history)}


def published(told: History) -> int | None:
    """The place of the last run whose guards let the segment through; None where there is none."""
    for run, held_by in zip(reversed(told.runs), reversed(told.held_by), strict=True):
        if not held_by:
            return run
    return None


def details(segment: Segment) -> Json:
    """What the segment's own view shows beside its row."""
    return {
        **{name: getattr(segment, name) for name in TEXTS},
        "history": history(segment.history),
        **{name: columns(getattr(segment, name)) for name in TABLES},
    }
