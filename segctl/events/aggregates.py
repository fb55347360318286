"""Resolves and names aggregates of events for metrics and event rules."""

from dataclasses import dataclass, replace

from segctl.conditions.criterion import Criterion, a_type
from segctl.conditions.sql import slug
from segctl.events.occasions import FeatureNaming, edge_value, usual_gap
from segctl.events.selection import Selection, Where, select
from segctl.features import Aggregate, Canonical, Feature, Filter, Stepped
from segctl.features.scope import Scope
from segctl.language.names import digest, fitted
from segctl.language.syntax import TIME_TYPES, Aggregation, Comparison, Condition, Event, Metric, Scalar, ValueType

NUMBERS_ONLY = ("sum", "avg")
EDGES = ("first", "last")
COMPARABLE = ("number", *TIME_TYPES)


@dataclass(frozen=True)
class AggregateRequest:
    """A requested aggregate as written: the aggregation, the event, its field, and its filter."""

    aggregation: Aggregation
    event: Scalar
    field: Scalar | None = None
    where: tuple[Condition, ...] = ()
    window: tuple[Comparison, ...] = ()


def resolve_metric(metric: Metric, scope: Scope) -> Aggregate | Stepped | None:
    """The feature of a catalog metric. None after a problem."""
    request = AggregateRequest(metric.aggregation, metric.event, metric.field, metric.where, metric.window)
    feature = aggregate(request, scope)
    return (
        replace(feature, name=metric.name, description=metric.description or feature.description) if feature else None
    )


def aggregate(request: AggregateRequest, scope: Scope) -> Aggregate | Stepped | None:
    """The requested feature, with the catalog's name if it has one. None after a problem."""
    selection = select(request.event, request.where, request.window, scope)
    event = scope.catalog.events.get(request.event.text)
    typed = _column(request, event, scope) if event else None
    if typed is None or selection is None:
        return None
    feature = _feature(request, typed, selection, "")
    whole = _feature(request, typed, replace(selection, where=frozenset(), window=frozenset()), "")
    narrowed = narrowing(selection.event, selection.where, selection.window)
    return _feature(request, typed, selection, _name(feature, whole, request, narrowed, scope))


def narrow(
    metric: Metric, where: tuple[Condition, ...], window: tuple[Comparison, ...], scope: Scope
) -> Feature | None:
    """A catalog metric over fewer events. None after a problem."""
    request = AggregateRequest(
        metric.aggregation, metric.event, metric.field, metric.where + where, metric.window + window
    )
    feature = aggregate(request, scope)
    added = select(metric.event, where, window, scope.silent)
    if feature is None or added is None:
        return None
    known = _known(scope)
    if feature.canonical in known:
        return scope.metrics[known[feature.canonical]]
    suffix = narrowing(added.event, added.where, added.window)
    description = (metric.description or feature.description).rstrip(".")
    if metric.description:
        description = " ".join([description, *selection_text(added)])
    return replace(feature, name=fitted(f"{metric.name}{suffix}"), description=f"{description}.")


def _feature(
    request: AggregateRequest, typed: tuple[str, ValueType], selection: Selection, name: str
) -> Aggregate | Stepped:
    column, value_type = typed
    described = FeatureNaming(name, _described(request, selection))
    if request.aggregation == "usual_gap":
        return usual_gap(selection, described)
    if request.aggregation in EDGES and request.field:
        return edge_value(request.aggregation, typed, selection, described)
    alone = len(selection.scan.events) == 1
    return Aggregate(
        name=name,
        scan=selection.scan,
        aggregation=request.aggregation,
        column=column,
        type=value_type,
        filter=selection.filter,
        shared=Filter(selection.own if alone else frozenset()),
        description=described.description,
    )


def _column(request: AggregateRequest, event: Event, scope: Scope) -> tuple[str, ValueType] | None:
    """The column that is aggregated and the type of the result."""
    if request.field is None:
        edge = request.aggregation in EDGES
        return (event.at.column.lower(), event.at.type) if edge else ("", "number")
    found = event.fields.get(request.field.text)
    if found is None:
        of = f" of event {event.name}"
        scope.report.unknown(request.field.text, request.field.mark, "field", list(event.fields), of)
        return None
    allowed = _fitting(request.aggregation)
    if found.type not in allowed:
        kinds = [f"a {kind}" for kind in allowed if kind not in TIME_TYPES]
        kinds += [] if request.aggregation in NUMBERS_ONLY else ["a time"]
        wanted = " or ".join(filter(None, [", ".join(kinds[:-1]), kinds[-1]]))
        message = f"{request.aggregation} needs {wanted}, but {event.name}.{found.name} is {a_type(found.type)}"
        fitting = [name for name, column in event.fields.items() if column.type in allowed]
        hint = f"fields that fit: {', '.join(fitting)}" if fitting else f"no field of {event.name} fits"
        scope.report.add(request.field.mark, "field-type", message, hint)
        return None
    return found.column.lower(), "number" if request.aggregation == "count_distinct" else found.type


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


def _name(feature: Feature, whole: Feature, request: AggregateRequest, narrowed: str, scope: Scope) -> str:
    """The name of the equal metric. Otherwise the unfiltered metric or the fields, plus the filter."""
    known = _known(scope)
    if feature.canonical in known:
        return known[feature.canonical]
    field = f"_{request.field.text}" if request.field else ""
    what = f"{request.aggregation}_at" if request.aggregation in EDGES and not field else request.aggregation
    name = f"{known.get(whole.canonical, f'{request.event.text}{field}_{what}')}{narrowed}"
    if name in scope.catalog.customer.attributes or name in scope.catalog.metrics:
        name = f"{name}__{digest(repr(feature.canonical), 6)}"
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


def _described(request: AggregateRequest, selection: Selection) -> str:
    """The aggregate in words."""
    of = f"{request.event.text}.{request.field.text}" if request.field else request.event.text
    if request.aggregation in EDGES and not request.field:
        of = f"{of} (time)"
    words = " ".join([request.aggregation.replace("_", " "), "of", of, *selection_text(selection)])
    return f"{words[0].upper()}{words[1:]}."


def selection_text(selection: Selection) -> list[str]:
    """The conditions of a `where` and a window in words."""
    event = selection.event
    names = {column.column.lower(): name for name, column in sorted(event.fields.items(), reverse=True)}
    conditions = sorted(f"{names[column]} {c.text}" for column, _, c in selection.where)
    words = [f"where {' and '.join(conditions)}"] if conditions else []
    return words + sorted(c.text for c in selection.window)
