"""Adds the catalog's view to failures: local times, and the lines that name what could not be built."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from segctl.errors import Failure, Mark, ProblemsFound, Report
from segctl.language.syntax import CUSTOMER, Catalog, Column
from segctl.parse import parse_catalog
from segctl.project.project import CATALOG, SEGMENTS, Project, sources
from segctl.warehouse import Absent

# An instant as our macros write it. Text after an option is quoted unchanged.
GIVEN = "".join(f"(?<!{option} )" for option in ("--as-of", "--from", "--to", "--since"))
INSTANT = re.compile(GIVEN + r"\b(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?(?: UTC\b|Z\b)")
MOST_PLACES = 3


def as_catalogued(failure: Failure, project: Project) -> Failure:
    """The failure with instants in the catalog's time zone, and the catalog's lines in its headline.

    Unchanged if no catalog can be read.
    """
    try:
        path = f"{SEGMENTS}/{CATALOG}"
        catalog = parse_catalog(path, sources(project)[path], Report())
    except (Failure, ProblemsFound):
        catalog = None
    if catalog is None:
        return failure
    places = list(dict.fromkeys(_places(failure, catalog))) if isinstance(failure, Absent) else []
    places_text = "; ".join(places[:MOST_PLACES])
    message = f"{failure.message}: {places_text}" if places_text else failure.message
    texts = (in_zone(text, catalog.timezone) for text in (message, failure.hint, failure.detail))
    message, hint, detail = texts
    return Failure(message, hint, failure.exit_code, detail)


def in_zone(text: str, timezone: str) -> str:
    """A text with UTC instants replaced by local times."""
    return INSTANT.sub(lambda match: _local(match, timezone), text)


def _local(match: re.Match[str], timezone: str) -> str:
    try:
        instant = datetime.fromisoformat(f"{match[1]}T{match[2]}").replace(tzinfo=UTC)
        local = instant.astimezone(ZoneInfo(timezone))
    except (ValueError, OverflowError):
        return match[0]
    # Different instants must not look the same.
    fraction = (match[3] or "").rstrip("0")
    return f"{local:%Y-%m-%d %H:%M:%S}{f'.{fraction}' if fraction else ''} {local:%Z}"


def _places(failure: Absent, catalog: Catalog) -> Iterator[str]:
    """The catalog's lines that name a missing column, or a model or table that is missing or failed to build."""
    column_names = {name.lower() for name in failure.columns}
    for column, what, mark in _columns(catalog):
        if column.lower() in column_names:
            yield f"column {column} of {what}, {mark.file}:{mark.line}"
    names = {name.lower() for name in failure.models}
    tables = {re.split(r"[.\"']+", name.strip("\"'"))[-1].lower() for name in failure.tables}
    for model, what, mark in _models(catalog):
        is_source = model.startswith("source(")
        name = model.removesuffix(")").rpartition(",")[2].strip(" '").lower()
        if name in (tables if is_source else names | tables):
            yield f"{name} is the model of {what}, {mark.file}:{mark.line}"


def _models(catalog: Catalog) -> Iterator[tuple[str, str, Mark]]:
    """Every model that the catalog names, with its use and place."""
    for name, entity in ((CUSTOMER, catalog.customer), *catalog.entities.items()):
        yield entity.model, name, entity.mark
    for name, event in catalog.events.items():
        yield event.model, name, event.mark
    for column in catalog.customer.attributes.values():
        if column.history:
            yield column.history.model, f"the history of {column.name}", column.history.mark


def _columns(catalog: Catalog) -> Iterator[tuple[str, str, Mark]]:
    """Every column that the catalog names, with its model and place."""
    for name, entity in ((CUSTOMER, catalog.customer), *catalog.entities.items()):
        yield entity.key, entity.model, entity.mark
        if name != CUSTOMER:
            yield entity.customers, catalog.customer.model, entity.mark
        for column in (*entity.attributes.values(), *([entity.since] if entity.since else [])):
            yield column.column, entity.model, column.mark
            yield from _kept(column)
    for event in catalog.events.values():
        for own in (event.key, event.customer):
            yield own, event.model, event.mark
        for column in (*event.fields.values(), *event.times):
            yield column.column, event.model, column.mark


def _kept(column: Column) -> Iterator[tuple[str, str, Mark]]:
    """The columns of an attribute's history."""
    kept = column.history
    if kept:
        yield kept.customer, kept.model, kept.mark
        yield kept.column, kept.model, kept.mark
        for time in (kept.begins, *([kept.ends] if kept.ends else [])):
            yield time.column, kept.model, time.mark
