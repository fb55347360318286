"""Checks the definitions together. The result always renders."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from segctl.check.expansion import ELIGIBLE_RULE, refuse_large_rules
from segctl.check.marts import Marts, check_marts
from segctl.check.resolver import CheckedSegment, Resolver, refuse_segments
from segctl.check.sharing import CheckedSharing, check_sharing
from segctl.errors import Report
from segctl.events.aggregates import resolve_metric
from segctl.events.derived_metrics import resolve_derived
from segctl.events.selection import where_criteria
from segctl.features import Aggregate, Feature, Filter, Predicate
from segctl.features.scope import Scope
from segctl.language.syntax import CUSTOMER, Catalog, DefinitionFile, Derived, Event, Metric, Promise, Scalar, Segment
from segctl.rules import resolve_rule
from segctl.rules.attribute import attribute_value

# Columns of an entity's table besides its key and its features.
OWN_COLUMNS = ("changed_at", "deleted_at", "eligible", "revenue")


@dataclass(frozen=True)
class Checked:
    """All definitions by file in written order, resolved and without problems.

    `metrics` by name. `eligible` and `revenue` are None if the catalog has none. `event_filters` are the conditions
    for a row of its source to be an event, by event. `catalogued` are the features of all attributes and metrics, by
    entity. `sharing` is what others get.
    """

    catalog: Catalog
    files: tuple[tuple[DefinitionFile, tuple[CheckedSegment, ...]], ...]
    metrics: dict[str, Feature]
    eligible: Predicate | None
    revenue: Aggregate | None
    event_filters: dict[str, Filter]
    marts: Marts
    catalogued: dict[str, dict[str, Feature]]
    sharing: CheckedSharing


def check(catalog: Catalog, files: Sequence[DefinitionFile], report: Report) -> Checked:
    """Checks all definitions together. If the report has problems, do not use the result."""
    metrics: dict[str, Feature] = {}
    scope = Scope(catalog, report, resolve_rule, metrics)
    event_filters = {
        event.name: Filter(where_criteria(event.where, event, scope) or frozenset())
        for event in catalog.events.values()
    }
    _resolve_metrics(catalog, scope)
    _check_columns(catalog, report)
    files = _with_known_entities(catalog, files, report)
    _check_names(catalog, files, report)
    _check_former_names(files, report)
    _check_guards(catalog, files, report)
    _check_promises(catalog, report)
    _check_identifiers(catalog, report)
    _check_entity_columns(catalog, files, report)
    refused = refuse_large_rules(catalog, files, report)
    resolver = Resolver(catalog, files, metrics, report, refused)
    checked = tuple(
        (file, tuple(checked_segment for segment in file.segments if (checked_segment := resolver.of(segment))))
        for file in files
    )
    resolver.check_catalogued()
    eligible = None if ELIGIBLE_RULE in refused else _eligible(catalog, resolver.scope)
    revenue = _revenue(catalog, metrics, report)
    marts = check_marts(catalog, revenue, resolver.scope)
    sharing = check_sharing(scope, files)
    known = _catalogued(resolver.scope)
    return Checked(catalog, checked, metrics, eligible, revenue, event_filters, marts, known, sharing)


def _catalogued(scope: Scope) -> dict[str, dict[str, Feature]]:
    """The features of each entity's attributes and of the customers' metrics, by name."""
    features: dict[str, dict[str, Feature]] = {}
    for entity in (CUSTOMER, *scope.catalog.entities):
        of = replace(scope, entity=entity)
        values = {name: attribute_value(Scalar(name, column.mark), of) for name, column in of.about.attributes.items()}
        features[entity] = {name: value for name, value in values.items() if value}
    return {**features, CUSTOMER: {**features[CUSTOMER], **scope.metrics}}


def _resolve_metrics(catalog: Catalog, scope: Scope) -> None:
    """Aggregates first, then metrics computed from them."""
    for metric in catalog.metrics.values():
        resolved = resolve_metric(metric, scope) if isinstance(metric, Metric) else None
        if resolved:
            scope.metrics[metric.name] = resolved
    for metric in catalog.metrics.values():
        derived = resolve_derived(metric, scope) if isinstance(metric, Derived) else None
        if derived:
            scope.metrics[metric.name] = derived


def _with_known_entities(catalog: Catalog, files: Sequence[DefinitionFile], report: Report) -> Sequence[DefinitionFile]:
    """The files about known entities. Others are problems, and their segments count as broken."""
    known = [CUSTOMER, *catalog.entities]
    unknown = [file for file in files if file.entity and file.entity.text not in known]
    for file in unknown:
        assert file.entity is not None
        report.unknown(file.entity.text, file.entity.mark, "entity", known)
        report.broken.update(segment.name for segment in file.segments)
    return [file for file in files if file not in unknown]


def _check_columns(catalog: Catalog, report: Report) -> None:
    """Checks that a column has the same type everywhere. Keys have no declared type."""
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    customer = catalog.customer
    seen[customer.model, customer.key.lower()] = ("key", "of the customers")
    for name, entity in catalog.entities.items():
        seen.setdefault((customer.model, entity.customers.lower()), ("key", f"of entity {name}"))
        seen.setdefault((entity.model, entity.key.lower()), ("key", f"of entity {name}"))
    for event in catalog.events.values():
        seen.setdefault((event.model, event.customer.lower()), ("key", f"in event {event.name}"))
    mentioned = [(customer.model, column, "of the customers") for column in customer.attributes.values()]
    mentioned += [(customer.model, customer.since, "in since of the customers")] if customer.since else []
    for history in (column.history for column in customer.attributes.values() if column.history):
        seen.setdefault((history.model, history.customer.lower()), ("key", "of a history"))
    for name, entity in catalog.entities.items():
        mentioned += [(entity.model, column, f"of entity {name}") for column in entity.attributes.values()]
    for event in catalog.events.values():
        times = (event.at, *([event.promise.column] if event.promise else []))
        mentioned += [(event.model, column, f"in event {event.name}") for column in (*event.fields.values(), *times)]
    for column in customer.attributes.values():
        kept = column.history
        if kept:
            value = replace(column, column=kept.column, mark=kept.mark)
            ends = [kept.ends] if kept.ends else []
            mentioned += [
                (kept.model, each, f"in the history of {column.name}") for each in (value, kept.begins, *ends)
            ]
    if catalog.costs:
        mentioned += [(catalog.costs.model, column, "in costs") for column in (catalog.costs.day, catalog.costs.amount)]
    # A missing name was reported already.
    for model, column, where in (
        (model, column, where) for model, column, where in mentioned if model and column.column
    ):
        value_type, first = seen.setdefault((model, column.column.lower()), (column.type, where))
        # A key may also be a string or a date, which stay unchanged. Numbers and timestamps are converted.
        harmless = value_type == "key" and column.type not in ("number", "timestamptz")
        if value_type != column.type and not harmless:
            message = f"column {column.column} of {model} is a {column.type} here and a {value_type} {first}"
            report.add(column.mark, "two-types", message, "a column has one type: declare the same in both places")


def _check_names(catalog: Catalog, files: Sequence[DefinitionFile], report: Report) -> None:
    """Checks that names are unique: segments over all files, metrics with attributes, events with entities."""
    seen: dict[str, Segment] = {}
    for file in files:
        for segment in file.segments:
            first = seen.setdefault(segment.name.lower(), segment)
            if first is not segment:
                message = f'segment "{segment.name}" is defined twice'
                report.add(segment.mark, "duplicate-name", message, f"first at {first.mark}")
    for name, metric in catalog.metrics.items():
        attribute = catalog.customer.attributes.get(name)
        if attribute:
            message = f'"{name}" is both a metric and an attribute'
            report.add(metric.mark, "duplicate-name", message, f"the attribute is at {attribute.mark}")
    for name, event in catalog.events.items():
        entity = {CUSTOMER: catalog.customer, **catalog.entities}.get(name)
        if entity:
            message = f'"{name}" is both an event and an entity'
            hint = f"rename the event, for example {name}_event; a run reports both by their names"
            report.add(event.mark, "duplicate-name", message, hint)


def _check_entity_columns(catalog: Catalog, files: Sequence[DefinitionFile], report: Report) -> None:
    """Checks that attributes of entities with segments do not clash with the table's own columns."""
    for name in sorted({file.entity.text for file in files if file.entity} & catalog.entities.keys()):
        taken = (f"{name}_id", *OWN_COLUMNS)
        for column in catalog.entities[name].attributes.values():
            if column.name in taken:
                message = f'attribute "{column.name}" of {name} is the name of another column of {name}_features'
                hint = f"give it another name: {name}_{column.name}: {{type: {column.type}, column: {column.column}}}"
                report.add(column.mark, "bad-name", message, hint)


def _check_former_names(files: Sequence[DefinitionFile], report: Report) -> None:
    """Checks that a former name is unused, and claimed by one segment only."""
    segments = [segment for file in files for segment in file.segments]
    defined = {segment.name: segment for segment in segments}
    heirs: dict[str, Segment] = {}
    for segment in segments:
        if segment.formerly is None:
            continue
        name, mark = segment.formerly.text, segment.formerly.mark
        heir = heirs.setdefault(name, segment)
        if name == segment.name:
            message = f"formerly repeats the segment's own name, {name}"
            report.add(mark, "former-name", message, "write its earlier name, or remove formerly")
        elif name in defined:
            message = f'"{name}" is still the name of a segment'
            hint = f"delete the segment at {defined[name].mark}, or remove formerly"
            report.add(mark, "former-name", message, hint)
        elif heir is not segment:
            message = f"both {heir.name} and {segment.name} say formerly: {name}"
            report.add(mark, "former-name", message, "only one of them can continue its history")


def _check_guards(catalog: Catalog, files: Sequence[DefinitionFile], report: Report) -> None:
    """Checks that the minimum of a guard is below its maximum, including the catalog's defaults."""
    guards = [catalog.guard] if catalog.guard else []
    own = [segment.guard for file in files for segment in file.segments if segment.guard]
    guards += [guard.over(catalog.guard) for guard in own if guard.min_size or guard.max_size]
    for guard in guards:
        least, most = guard.min_size, guard.max_size
        if least and most and least > most:
            message = f"no size is at least {least} and at most {most}"
            hint = "min_size must not exceed max_size; max_size: none lifts the catalog's"
            report.add(guard.mark, "guard", message, hint)


def _check_promises(catalog: Catalog, report: Report) -> None:
    """Checks that events from the same rows make the same promise."""
    first: dict[tuple[str, str, str], Event] = {}
    for event in catalog.events.values():
        other = first.setdefault((event.model, event.customer.lower(), event.at.column.lower()), event)
        if _promise_parts(other.promise) != _promise_parts(event.promise):
            message = f"{other.name} and {event.name} read the same rows but promise different things"
            mark = event.promise.mark if event.promise else event.mark
            report.add(mark, "conflicting-keys", message, "write the same changes, check_every and late_by in both")


def _check_identifiers(catalog: Catalog, report: Report) -> None:
    """Checks that identifiers are string attributes."""
    attributes = catalog.customer.attributes
    for name, attribute in catalog.customer.identifiers.attributes.items():
        column = attributes.get(attribute.text)
        if column is None:
            report.unknown(attribute.text, attribute.mark, "attribute", list(attributes))
        elif column.type != "string":
            message = f"{name} must be a text, but attribute {attribute.text} is a {column.type}"
            report.add(attribute.mark, "field-type", message, "cast it in staging, and declare it as a string")


def _promise_parts(promise: Promise | None) -> tuple[object, ...]:
    if promise is None:
        return ()
    return (
        promise.append_only,
        promise.column.column.lower(),
        promise.column.type,
        promise.check_every,
        promise.late_by,
    )


def _eligible(catalog: Catalog, scope: Scope) -> Predicate | None:
    rule = catalog.customer.eligible
    if rule is None:
        return None
    if refuse_segments(rule, "eligible", scope.report):
        return None
    return resolve_rule(rule, scope)


def _revenue(catalog: Catalog, metrics: dict[str, Feature], report: Report) -> Aggregate | None:
    if catalog.revenue is None:
        return None
    name = catalog.revenue
    feature = metrics.get(name.text)
    if feature is None:
        if name.text not in catalog.metrics:
            report.unknown(name.text, name.mark, "metric", list(catalog.metrics))
        return None
    if not isinstance(feature, Aggregate) or feature.aggregation != "sum":
        message = f"revenue must be a sum, but metric {name.text} is not one"
        report.add(name.mark, "field-type", message, "name a metric like {sum: order.amount}")
        return None
    return feature
