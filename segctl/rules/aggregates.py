"""Resolves and names aggregates of events for metrics and event rules."""

from dataclasses import dataclass, replace

from segctl.criteria import Criterion, a_type
from segctl.criteria_sql import slug
from segctl.features import Aggregate, Canonical, Feature, Filter, Stepped
from segctl.names import digest, fitted
from segctl.rules.occasions import Told, edge_value, usual_gap
from segctl.rules.scope import Scope
from segctl.rules.selection import Selection, Where, select
from segctl.spec import TIME_TYPES, Aggregation, Comparison, Condition, Event, Metric, Scalar, ValueType

NUMBERS_ONLY = ("sum", "avg")
EDGES = ("first", "last")
COMPARABLE = ("number", *TIME_TYPES)


@dataclass(frozen=True)
class Asked:
    """A requested aggregate as written: the aggregation, the event, its field, and its filter."""

    aggregation: Aggregation
    event: Scalar
    field: Scalar | None = None
    where: tuple[Condition, ...] = ()
    window: tuple[Comparison, ...] = ()


def resolve_metric(metric: Metric, scope: Scope) -> Aggregate | Stepped | None:
    """The feature of a catalog metric. None after a problem."""
    asked = Asked(metric.aggregation, metric.event, metric.field, metric.where, metric.window)
    found = aggregate(asked, scope)
    return replace(found, name=metric.name, description=metric.description or found.description) if found else None


def aggregate(asked: Asked, scope: Scope) -> Aggregate | Stepped | None:
    """The requested feature, with the catalog's name if it has one. None after a problem."""
    selection = select(asked.event, asked.where, asked.window, scope)
    event = scope.catalog.events.get(asked.event.text)
    typed = _column(asked, event, scope) if event else None
    if typed is None or selection is None:
        return None
    found = _feature(asked, typed, selection, "")
    whole = _feature(asked, typed, replace(selection, where=frozenset(), window=frozenset()), "")
    narrowed = narrowing(selection.event, selection.where, selection.window)
    return _feature(asked, typed, selection, _name(found, whole, asked, narrowed, scope))


def narrow(
    metric: Metric, where: tuple[Condition, ...], window: tuple[Comparison, ...], scope: Scope
) -> Feature | None:
    """A catalog metric over fewer events. None after a problem."""
    asked = Asked(metric.aggregation, metric.event, metric.field, metric.where + where, metric.window + window)
    found = aggregate(asked, scope)
    added = select(metric.event, where, window, scope.silent)
    if found is None or added is None:
        return None
    known = _known(scope)
    if found.canonical in known:
        return scope.metrics[known[found.canonical]]
    suffix = narrowing(added.event, added.where, added.window)
    description = (metric.description or found.description).rstrip(".")
    if metric.description:
        description = " ".join([description, *told(added)])
    return replace(found, name=fitted(f"{metric.name}{suffix}"), description=f"{description}.")


def _feature(asked: Asked, typed: tuple[str, ValueType], selection: Selection, name: str) -> Aggregate | Stepped:
    column, value_type = typed
    described = Told(name, _described(asked, selection))
    if asked.aggregation == "usual_gap":
        return usual_gap(selection, described)
    if asked.aggregation in EDGES and asked.field:
        return edge_value(asked.aggregation, typed, selection, described)
    alone = len(selection.scan.events) == 1
    return Aggregate(
        name=name,
        scan=selection.scan,
        aggregation=asked.aggregation,
        column=column,
        type=value_type,
        filter=selection.filter,
        shared=Filter(selection.own if alone else frozenset()),
        description=described.description,
    )


def _column(asked: Asked, event: Event, scope: Scope) -> tuple[str, ValueType] | None:
    """The column that is aggregated and the type of the result."""
    if asked.field is None:
        edge = asked.aggregation in EDGES
        return (event.at.column.lower(), event.at.type) if edge else ("", "number")
    found = event.fields.get(asked.field.text)
    if found is None:
        of = f" of event {event.name}"
        scope.report.unknown(asked.field.text, asked.field.mark, "field", list(event.fields), of)
        return None
    allowed = _fitting(asked.aggregation)
    if found.type not in allowed:
        kinds = [f"a {kind}" for kind in allowed if kind not in TIME_TYPES]
        kinds += [] if asked.aggregation in NUMBERS_ONLY else ["a time"]
        wanted = " or ".join(filter(None, [", ".join(kinds[:-1]), kinds[-1]]))
        message = f"{asked.aggregation} needs {wanted}, but {event.name}.{found.name} is {a_type(found.type)}"
        fitting = [name for name, column in event.fields.items() if column.type in allowed]
        hint = f"fields that fit: {', '.join(fitting)}" if fitting else f"no field of {event.name} fits"
        scope.report.add(asked.field.mark, "field-type", message, hint)
        return None
    return found.column.lower(), "number" if asked.aggregation == "count_distinct" else found.type


def _fitting(aggregation: Aggregation) -> tuple[str, ...]:
    """The types of fields that allow this aggregation."""
    if aggregation in NUMBERS_ONLY:
        return ("number",)
    if aggregation == "count_distinct":
        return ("string", "boolean", *COMPARABLE)
    return ("string", *COMPARABLE) if aggregation in EDGES else COMPARABLE


def _known(scope: Scope) -> dict[Canonical, str]:
    """The names of the catalog's metrics, by meaning."""
    return {metric.canonical: name for name, metric in sorted(scope.metrics.items(), reverse=True)}


def _name(found: Feature, whole: Feature, asked: Asked, narrowed: str, scope: Scope) -> str:
    """The name of the equal metric. Otherwise the unfiltered metric or the fields, plus the filter."""
    known = _known(scope)
    if found.canonical in known:
        return known[found.canonical]
    field = f"_{asked.field.text}" if asked.field else ""
    what = f"{asked.aggregation}_at" if asked.aggregation in EDGES and not field else asked.aggregation
    name = f"{known.get(whole.canonical, f'{asked.event.text}{field}_{what}')}{narrowed}"
    if name in scope.catalog.customer.attributes or name in scope.catalog.metrics:
        name = f"{name}__{digest(repr(found.canonical), 6)}"
    return fitted(name)


def narrowing(event: Event, where: Where, window: frozenset[Criterion]) -> str:
    """The filter as part of a name, with a digest if the words alone are ambiguous."""
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


def _described(asked: Asked, selection: Selection) -> str:
    """The aggregate in words."""
    of = f"{asked.event.text}.{asked.field.text}" if asked.field else asked.event.text
    if asked.aggregation in EDGES and not asked.field:
        of = f"{of} (time)"
    words = " ".join([asked.aggregation.replace("_", " "), "of", of, *told(selection)])
    return f"{words[0].upper()}{words[1:]}."


def told(selection: Selection) -> list[str]:
    """The conditions of a `where` and a window in words."""
    event = selection.event
    names = {column.column.lower(): name for name, column in sorted(event.fields.items(), reverse=True)}
    conditions = sorted(f"{names[column]} {c.words}" for column, _, c in selection.where)
    words = [f"where {' and '.join(conditions)}"] if conditions else []
    return words + sorted(c.words for c in selection.window)
