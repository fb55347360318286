"""Aggregates of events, as metrics and event rules ask for them: checked against the catalog and named."""

from dataclasses import dataclass, replace

from segctl.criteria import Criterion, criterion
from segctl.criteria_sql import slug
from segctl.features import Aggregate, Filter
from segctl.names import digest, fitted
from segctl.rules.scope import Scope
from segctl.spec import TIME_TYPES, Aggregation, Comparison, Condition, Event, Metric, Scalar, ValueType

NUMBERS_ONLY = ("sum", "avg")
TIMES_OF_EVENTS = ("first", "last")
COMPARABLE = ("number", *TIME_TYPES)


@dataclass(frozen=True)
class Asked:
    """What is asked for, as written: an aggregation of an event, of a field of it, of some of the events."""

    aggregation: Aggregation
    event: Scalar
    field: Scalar | None = None
    where: tuple[Condition, ...] = ()
    window: tuple[Comparison, ...] = ()


def resolve_metric(metric: Metric, scope: Scope) -> Aggregate | None:
    """The aggregate that a catalogued metric names; None after a problem."""
    asked = Asked(metric.aggregation, metric.event, metric.field, metric.where, metric.window)
    found = aggregate(asked, scope)
    return replace(found, name=metric.name, description=metric.description or found.description) if found else None


def aggregate(asked: Asked, scope: Scope) -> Aggregate | None:
    """The aggregate asked for, under the catalog's name where it has one; None after a problem."""
    event = scope.event(asked.event)
    if event is None:
        return None
    typed = _column(asked, event, scope)
    where = where_criteria(asked.where, event, scope)
    window = window_criteria(asked.window, event, scope)
    own = where_criteria(event.where, event, replace(scope, report=type(scope.report)()))
    if typed is None or where is None or window is None or own is None:
        return None
    column, value_type = typed
    scan = scope.scan(event)
    shared = Filter(own if len(scan.events) == 1 else frozenset())
    found = Aggregate(
        name="",
        scan=scan,
        aggregation=asked.aggregation,
        column=column,
        type=value_type,
        filter=Filter(own | where, window),
        shared=shared,
        description=_described(asked, where, window, event),
    )
    narrowed = _narrowing(event, where, window)
    return replace(found, name=_name(found, asked, narrowed, own, scope))


def narrow(
    metric: Aggregate, event: Event, where: tuple[Condition, ...], window: frozenset[Criterion], scope: Scope
) -> Aggregate | None:
    """A metric over fewer events; None after a problem."""
    added = where_criteria(where, event, scope)
    if added is None:
        return None
    if not added and not window:
        return metric
    narrowed = Filter(metric.filter.where | added, metric.filter.window | window)
    known = {found: name for name, found in sorted(scope.metrics.items(), reverse=True)}
    found = replace(metric, filter=narrowed)
    name = known.get(found) or fitted(f"{metric.name}{_narrowing(event, added, window)}")
    told = " ".join([metric.description.rstrip("."), *_told(added, window, event)])
    return replace(found, name=name, description=f"{told}.")


def where_criteria(
    conditions: tuple[Condition, ...], event: Event, scope: Scope
) -> frozenset[tuple[str, ValueType, Criterion]] | None:
    """The conditions of a `where` on an event, typed; None after a problem."""
    found, good = set(), True
    for condition in conditions:
        column = event.fields.get(condition.field.text)
        if column is None:
            of = f" of event {event.name}"
            name = condition.field
            scope.report.unknown(name.text, name.mark, "field", list(event.fields), of)
            good = False
            continue
        for comparison in condition.comparisons:
            typed = criterion(comparison, column.type, scope.catalog.timezone, scope.report, column.values)
            if typed and typed.relative:
                message = f"{typed.operator} cannot stand in where"
                hint = "a window beside where looks at the time of the event"
                scope.report.add(comparison.mark, "comparator-place", message, hint)
                typed = None
            if typed:
                found.add((column.column.lower(), column.type, typed))
            good = good and typed is not None
    return frozenset(found) if good else None


def window_criteria(comparisons: tuple[Comparison, ...], event: Event, scope: Scope) -> frozenset[Criterion] | None:
    """A window as criteria on the time of the event; None after a problem."""
    typed = [criterion(c, event.at.type, scope.catalog.timezone, scope.report) for c in comparisons]
    return None if None in typed else frozenset(c for c in typed if c)


def _column(asked: Asked, event: Event, scope: Scope) -> tuple[str, ValueType] | None:
    """The column that is aggregated and the type of the result."""
    if asked.aggregation in TIMES_OF_EVENTS:
        return event.at.column.lower(), event.at.type
    if asked.field is None:
        return "", "number"
    found = event.fields.get(asked.field.text)
    if found is None:
        of = f" of event {event.name}"
        scope.report.unknown(asked.field.text, asked.field.mark, "field", list(event.fields), of)
        return None
    numbers = asked.aggregation in NUMBERS_ONLY
    allowed: tuple[str, ...] = ("number",) if numbers else COMPARABLE
    if asked.aggregation != "count_distinct" and found.type not in allowed:
        wanted = "a number" if numbers else "a number or a time"
        message = f"{asked.aggregation} wants {wanted}, and {event.name}.{found.name} is a {found.type}"
        fitting = [name for name, column in event.fields.items() if column.type in allowed]
        hint = f"fields that fit: {', '.join(fitting)}" if fitting else f"no field of {event.name} fits"
        scope.report.add(asked.field.mark, "field-type", message, hint)
        return None
    return found.column.lower(), "number" if asked.aggregation == "count_distinct" else found.type


def _name(
    found: Aggregate,
    asked: Asked,
    narrowed: str,
    own: frozenset[tuple[str, ValueType, Criterion]],
    scope: Scope,
) -> str:
    """The name of the metric that is the same; else of the unnarrowed metric, or of the fields, and what narrows."""
    known = {metric: name for name, metric in sorted(scope.metrics.items(), reverse=True)}
    if found in known:
        return known[found]
    whole = replace(found, filter=Filter(own))
    field = f"_{asked.field.text}" if asked.field else ""
    what = f"{asked.aggregation}_at" if asked.aggregation in TIMES_OF_EVENTS else asked.aggregation
    name = f"{known.get(whole, f'{asked.event.text}{field}_{what}')}{narrowed}"
    if name in scope.catalog.customer.attributes or name in scope.catalog.metrics:
        name = f"{name}__{digest(repr(found.canonical), 6)}"
    return fitted(name)


def _narrowing(event: Event, where: frozenset[tuple[str, ValueType, Criterion]], window: frozenset[Criterion]) -> str:
    """What narrows an aggregate, as part of its name; with a digest where the words alone could mean two things."""
    words: list[str] = []
    exact = True
    for c in sorted(window, key=lambda c: c.canonical):
        operands = "_".join(slug(operand) for operand in c.operands)
        words.append(operands if c.operator in ("within_last", "between") else f"{c.operator}_{operands}")
    names = {column.column.lower(): name for name, column in sorted(event.fields.items(), reverse=True)}
    for column, _, c in sorted(where, key=lambda entry: (names[entry[0]], entry[2].canonical)):
        operands = "_".join(slug(operand) for operand in c.operands)
        exact = exact and not any(slug(o) != o or "_" in o for o in c.operands if isinstance(o, str))
        words.append("_".join([names[column], *([] if c.operator == "eq" else [c.operator]), operands]))
    if not exact:
        words.append(digest(repr(Filter(where, window).canonical), 6))
    return "".join(f"__{word}" for word in words)


def _described(
    asked: Asked,
    where: frozenset[tuple[str, ValueType, Criterion]],
    window: frozenset[Criterion],
    event: Event,
) -> str:
    """The aggregate in words."""
    of = f"{asked.event.text}.{asked.field.text}" if asked.field else asked.event.text
    if asked.aggregation in TIMES_OF_EVENTS:
        of = f"{of} (time)"
    told = " ".join([asked.aggregation.replace("_", " "), "of", of, *_told(where, window, event)])
    return f"{told[0].upper()}{told[1:]}."


def _told(where: frozenset[tuple[str, ValueType, Criterion]], window: frozenset[Criterion], event: Event) -> list[str]:
    names = {column.column.lower(): name for name, column in sorted(event.fields.items(), reverse=True)}
    conditions = sorted(f"{names[column]} {c.words}" for column, _, c in where)
    told = [f"where {' and '.join(conditions)}"] if conditions else []
    return told + sorted(c.words for c in window)
