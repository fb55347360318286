"""The data packs of a page: an overview, which the browser reads at once, and others, which views read when needed."""

from dataclasses import asdict, fields

from segctl.operations.report.contents import History, Report, Segment
from segctl.page.figures import CAUSES, WITHHELD
from segctl.page.live import Live
from segctl.page.packing import Json, columns, history, packed
from segctl.page.plots import specs
from segctl.page.vega import HOW

# Fields that only the view of a segment shows. The portfolio has the others.
TEXTS = ("yaml", "sentences", "guards")
TABLES = ("causes", "versions", "retention", "sources", "similar", "concentration", "returns", "members")


def packs(report: Report, live: Live | None, plotted: bool) -> dict[str, str]:
    """All packs by name: `overview`, `overlaps`, `flows`, and one for each segment, `segment-<index>`."""
    return {
        "overview": packed(overview(report, live, plotted)),
        "overlaps": packed(columns(report.overlaps)),
        "flows": packed({"runs": report.flow_runs, "flows": columns(report.flows)}),
        **{f"segment-{place}": packed(details(segment)) for place, segment in enumerate(report.segments)},
    }


def overview(report: Report, live: Live | None, plotted: bool) -> Json:
    """Everything that is small or needed by the portfolio."""
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
        "withheld": WITHHELD,
        "live": None if live is None else asdict(live),
    }


def light(segment: Segment) -> Json:
    """The segment as a row of the portfolio."""
    row = {
        field.name: getattr(segment, field.name)
        for field in fields(segment)
        if field.name not in (*TEXTS, *TABLES, "history")
    }
    return {**row, "published": published(segment.history)}


def published(history: History) -> int | None:
    """The index of the last run that published the segment, or None."""
    for run, held_by in zip(reversed(history.runs), reversed(history.held_by), strict=True):
        if not held_by:
            return run
    return None


def details(segment: Segment) -> Json:
    """What the view of the segment shows in addition to its row."""
    return {
        **{name: getattr(segment, name) for name in TEXTS},
        "history": history(segment.history),
        **{name: columns(getattr(segment, name)) for name in TABLES},
    }
