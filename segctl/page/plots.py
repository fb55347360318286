"""Vega-Lite specifications without data or colours: `plots.js` gives both. Each names the fields of its rows.

Instants are local texts that are read as UTC, so that every browser draws the days of the project's time zone.
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
    """The page's plots by name."""
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


def told(*fields: tuple[str, str]) -> list[Spec]:
    """What is told where the pointer is: texts that the rows already have."""
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
            "tooltip": told(("when", "run"), ("told", "customers")),
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
            "tooltip": told(("when", "definition of"), ("number", "version")),
        },
    }
    return {"height": 220, "data": {"name": "rows"}, "layer": [line, points, edits]}


def stacked(across: Spec, colour: str) -> Spec:
    """Rows: at or month, customers (leaves below zero), order, the colour's field, when, told."""
    return {
        "height": 220,
        "data": {"name": "rows"},
        "mark": {"type": "bar", "clip": True},
        "encoding": {
            "x": across,
            "y": named(PEOPLE, "customers"),
            "color": {"field": colour, "type": "nominal", "sort": None, "legend": {"title": None, "orient": "top"}},
            "order": {"field": "order", "type": "quantitative"},
            "tooltip": told(("when", "when"), (colour, colour), ("told", "customers")),
        },
    }


def curve() -> Spec:
    """Rows: share (of customers), revenue (their share), told; marks: share, revenue, label, told."""
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
            "tooltip": told(("told", "all customers")),
        },
    }
    segments = {
        "data": {"name": "marks"},
        "mark": {"type": "point", "size": 60, "strokeWidth": 2, "style": "ring", "filled": False},
        "encoding": {
            "x": named(across, "share"),
            "y": named(up, "revenue"),
            "tooltip": told(("label", "segment"), ("told", "brings")),
        },
    }
    return {"height": 360, "data": {"name": "rows"}, "layer": [even, line, segments]}


def kept() -> Spec:
    """Rows: months, kept (share), told; the line is of all who joined, weighted."""
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
            "tooltip": told(("told", "still members")),
        },
    }


def seconds() -> Spec:
    """Rows: at, seconds, when, told."""
    return {
        "height": 200,
        "data": {"name": "rows"},
        "mark": {"type": "bar", "clip": True},
        "encoding": {
            "x": TIME,
            "y": {"field": "seconds", "type": "quantitative", "title": "seconds", "axis": {"tickCount": 4}},
            "tooltip": told(("when", "run"), ("told", "took")),
        },
    }
