"""Renders the page, as a file that contains everything or as a document that loads its assets from its server."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from segctl.operations.report.contents import Report, Segment
from segctl.page import figures
from segctl.page.contents import packs, published
from segctl.page.live import Live
from segctl.page.packing import packed_text
from segctl.page.sparklines import HEIGHT, WIDTH, sparkline
from segctl.page.vega import HOW, bundle

# In the order of execution: what the views draw with, the views, and the router.
SCRIPTS = (
    *("format", "elements", "packs", "tables", "plots", "cohorts", "flows", "matrix"),
    *("views/portfolio", "views/segment", "views/segment_parts", "views/concentration", "views/overlap"),
    *("views/migration", "views/runs", "router"),
)
STYLES = ("colours", "page", "parts", "narrow")
# Columns of the portfolio: the field to sort by, the heading, and the style.
COLUMNS = (
    ("label", "Segment", "name"),
    ("size", "Size", "number"),
    ("change", "Change", "number"),
    ("trend", "Trend", "trend"),
    ("revenue", "Revenue", "number"),
    ("revenue_share", "Share", "number"),
    ("average_revenue", "Average", "number"),
    ("median_revenue", "Median", "number"),
    ("owner", "Owner", "owner"),
    ("published", "Fresh", "date"),
    ("held_by", "Held back", "held"),
)
FOLDER = files("segctl.page")


def page(report: Report, live: Live | None = None) -> str:
    """The whole page: one self-contained file, or with `live` the document of a server."""
    return file(report) if live is None else document(report, live)


def file(report: Report) -> str:
    """One HTML file that contains its scripts, styles and data, and is not allowed to load anything."""
    script, style, vega = scripts(), styles(), bundle()
    allowed = " ".join(hash_of(text) for text in (script, vega) if text)
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src {hash_of(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    inline = {"policy": policy, "script": Markup(script), "style": Markup(style), "icon": data_url(icon())}
    return drawn(report, None, inline=inline, vega=packed_text(vega) if vega else "")


def document(report: Report, live: Live) -> str:
    """The page for a server that provides `assets()` below `<live.base>/assets/`. Contains no script and no style."""
    return drawn(report, live, inline=None, vega="")


def assets() -> dict[str, bytes]:
    """The assets of a document by name: page.js, page.css, icon.svg, and vega.js if plots can be drawn."""
    files = {"page.js": scripts(), "page.css": styles(), "icon.svg": icon(), "vega.js": bundle()}
    return {name: text.encode() for name, text in files.items() if text}


def drawn(report: Report, live: Live | None, inline: dict[str, str] | None, vega: str) -> str:
    """The rendered template."""
    plotted = bool(bundle())
    return template().render(
        report=report,
        live=live,
        inline=inline,
        vega=vega,
        how=HOW,
        packs=packs(report, live, plotted),
        figures=figures,
        sparkline=sparkline,
        published=published,
        labels={segment.name: segment.label for segment in report.segments},
        columns=COLUMNS,
        segments=ordered(report),
        sort=first_sort(report),
        box=(WIDTH, HEIGHT),
    )


def first_sort(report: Report) -> str:
    """The field that the portfolio is initially sorted by, descending."""
    return "revenue" if any(segment.revenue is not None for segment in report.segments) else "size"


def ordered(report: Report) -> list[tuple[int, Segment]]:
    """Segments with their indexes, in the initial order of the portfolio. Unknown values come last."""
    name = first_sort(report)

    def rank(row: tuple[int, Segment]) -> float:
        value = getattr(row[1], name)
        return -value if figures.known(value) else float("inf")

    return sorted(enumerate(report.segments), key=rank)


@cache
def template() -> Template:
    """The template of the page, which escapes all text."""
    environment = Environment(
        loader=PackageLoader("segctl.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html")


@cache
def scripts() -> str:
    """The page's own JavaScript."""
    return "\n".join(text_of(f"scripts/{name}.js") for name in SCRIPTS)


@cache
def styles() -> str:
    """The page's style sheet."""
    return "\n".join(text_of(f"styles/{name}.css") for name in STYLES)


@cache
def icon() -> str:
    """The page's icon."""
    return text_of("styles/icon.svg")


def text_of(name: str) -> str:
    """The text of a file of this package."""
    return FOLDER.joinpath(name).read_text(encoding="utf-8")


def hash_of(text: str) -> str:
    """The source of a content security policy that allows exactly this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def data_url(image: str) -> str:
    """The SVG image as a data URL."""
    return f"data:image/svg+xml;base64,{base64.b64encode(image.encode()).decode()}"
