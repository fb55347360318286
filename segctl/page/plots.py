"""Vega-Lite specifications without data or colours, which `plots.js` adds. Each docstring names the fields of the rows.

Instants are local times that are read as UTC, so that every browser draws the days of the project's time zone.
"""

from typing import Any

Spec = dict[str, Any]
CALENDAR = {
    **{"year": "%Y", "quarter": "%b %Y", "month": "%b %Y", "week": "%-d %b", "date": "%-d %b"},
    **{"hours": "%H:%M", "minutes": "%H:%M", "seconds": "%H:%M"},
}
TIME: Spec = {
    "field": "at",
    "type": "temporal",
    "scale": {"type": "utc"},
    "title": None,
    "axis": {"format": CALENDAR, "tickCount": 8},
}
MONTH: Spec = {"field": "month", "type": "ordinal", "sort": None, "title": None}
PEOPLE: Spec = {
    "type": "quantitative",
    "axis": {"tickMinStep": 1, "format": ",d", "tickCount": 4},
    "title": "customers",
}
PERCENT: Spec = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": {"format": ".0%", "tickCount": 5}}


def specs() -> dict[str, Spec]:
    """The plots of the page by name."""
    return {
        "size": size(),
        "moves": stacked(TIME, "cause"),
        "sources": stacked(MONTH, "source"),
        "curve": curve(),
        "kept": kept(),
        "seconds": seconds(),
    }


def named(channel: Spec, field: str) -> Spec:
    """A channel of this field."""
    return {**channel, "field": field}


def tooltip(*fields: tuple[str, str]) -> list[Spec]:
    """The tooltip of a mark, from texts of its row."""
    return [{"field": field, "type": "nominal", "title": title} for field, title in fields]


def size() -> Spec:
    """Rows: at, customers, when; marks: at, number, when."""
    line = {
        "mark": {"type": "line", "strokeWidth": 2, "clip": True},
        "encoding": {"x": TIME, "y": named(PEOPLE, "customers")},
    }
    points = {
        "mark": {"type": "point", "filled": True, "size": 40, "opacity": 0.01},
        "encoding": {
            "x": TIME,
            "y": named(PEOPLE, "customers"),
            "tooltip": tooltip(("when", "run"), ("shown", "customers")),
        },
    }
    edits = {
        "data": {"name": "marks"},
        "layer": [
            {
                "mark": {"type": "rule", "strokeDash": [3, 3], "strokeWidth": 1.5, "style": "edit"},
                "encoding": {"y": {"value": 0}, "y2": {"value": "height"}},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "dy": 6, "baseline": "top", "style": "edit"},
                "encoding": {"y": {"value": 0}, "text": {"field": "number"}},
            },
        ],
        "encoding": {
            "x": TIME,
            "tooltip": tooltip(("when", "definition of"), ("number", "version")),
        },
    }
    return {"height": 220, "data": {"name": "rows"}, "layer": [line, points, edits]}


def stacked(across: Spec, colour: str) -> Spec:
    """Rows: at or month, customers (leaves below zero), order, the colour's field, when, shown."""
    return {
        "height": 220,
        "data": {"name": "rows"},
        "mark": {"type": "bar", "clip": True},
        "encoding": {
            "x": across,
            "y": named(PEOPLE, "customers"),
            "color": {"field": colour, "type": "nominal", "sort": None, "legend": {"title": None, "orient": "top"}},
            "order": {"field": "order", "type": "quantitative"},
            "tooltip": tooltip(("when", "when"), (colour, colour), ("shown", "customers")),
        },
    }


def curve() -> Spec:
    """Rows: share (of customers), revenue (their share), shown; marks: share, revenue, label, shown."""
    across = {**PERCENT, "title": "share of customers, best first"}
    up = {**PERCENT, "title": "share of revenue"}
    even = {
        "data": {"values": [{"share": 0, "revenue": 0}, {"share": 1, "revenue": 1}]},
        "mark": {"type": "line", "strokeDash": [2, 4], "strokeWidth": 1, "style": "even"},
        "encoding": {"x": named(across, "share"), "y": named(up, "revenue")},
    }
    line = {
        "mark": {"type": "line", "strokeWidth": 2, "point": {"size": 30}},
        "encoding": {
            "x": named(across, "share"),
            "y": named(up, "revenue"),
            "tooltip": tooltip(("shown", "all customers")),
        },
    }
    segments = {
        "data": {"name": "marks"},
        "mark": {"type": "point", "size": 60, "strokeWidth": 2, "style": "ring", "filled": False},
        "encoding": {
            "x": named(across, "share"),
            "y": named(up, "revenue"),
            "tooltip": tooltip(("label", "segment"), ("shown", "brings")),
        },
    }
    return {"height": 360, "data": {"name": "rows"}, "layer": [even, line, segments]}


def kept() -> Spec:
    """Rows: months, kept (share), shown; the line is of all who joined, weighted."""
    return {
        "height": 200,
        "data": {"name": "rows"},
        "mark": {"type": "line", "strokeWidth": 2, "point": {"size": 40}},
        "encoding": {
            "x": {
                "field": "months",
                "type": "quantitative",
                "title": "months since joining",
                "axis": {"tickMinStep": 1},
            },
            "y": {**PERCENT, "field": "kept", "title": "still members"},
            "tooltip": tooltip(("shown", "still members")),
        },
    }


def seconds() -> Spec:
    """Rows: at, seconds, when, shown."""
    return {
        "height": 200,
        "data": {"name": "rows"},
        "mark": {"type": "bar", "clip": True},
        "encoding": {
            "x": TIME,
            "y": {"field": "seconds", "type": "quantitative", "title": "seconds", "axis": {"tickCount": 4}},
            "tooltip": tooltip(("when", "run"), ("shown", "took")),
        },
    }
