"""Whether the definitions make sense together; what comes out is known to render."""

from collections.abc import Sequence
from dataclasses import dataclass

from segctl.errors import Report
from segctl.features import Aggregate, Predicate
from segctl.rules import resolve_rule
from segctl.rules.aggregates import resolve_metric, where_criteria
from segctl.rules.scope import Scope
from segctl.spec import Catalog, DefinitionFile, Leaf, Scalar, Segment, leaves


@dataclass(frozen=True)
class CheckedSegment:
    """A segment with its rule resolved to a predicate over features."""

    segment: Segment
    predicate: Predicate


@dataclass(frozen=True)
class Checked:
    """All definitions, by file in the order of writing, resolved and free of problems.

    `metrics` by name; `eligible` and `revenue` are None where the catalog does not name them.
    """

    catalog: Catalog
    files: tuple[tuple[DefinitionFile, tuple[CheckedSegment, ...]], ...]
    metrics: dict[str, Aggregate]
    eligible: Predicate | None
    revenue: Aggregate | None


def check(catalog: Catalog, files: Sequence[DefinitionFile], report: Report) -> Checked:
    """Checks everything against everything; problems go to the report, and then the result is not to be used."""
    metrics: dict[str, Aggregate] = {}
    scope = Scope(catalog, report, metrics)
    for event in catalog.events.values():
        where_criteria(event.where, event, scope)
    for metric in catalog.metrics.values():
        resolved = resolve_metric(metric, scope)
        if resolved:
            metrics[metric.name] = resolved
    _check_columns(catalog, report)
    _check_names(catalog, files, report)
    resolver = _Resolver(catalog, files, metrics, report)
    checked = tuple(
        (
            file,
            tuple(CheckedSegment(segment, found) for segment in file.segments if (found := resolver.of(segment))),
        )
        for file in files
    )
    eligible = _eligible(catalog, scope)
    return Checked(catalog, checked, metrics, eligible, _revenue(catalog, metrics, report))


class _Resolver:
    """Resolves each segment once, following references and refusing circles."""

    def __init__(
        self, catalog: Catalog, files: Sequence[DefinitionFile], metrics: dict[str, Aggregate], report: Report
    ) -> None:
        self.segments = {segment.name: segment for file in files for segment in file.segments}
        self.scope = Scope(catalog, report, metrics, self.referred)
        self.report = report
        self.resolved: dict[str, Predicate | None] = {}
        self.path: list[str] = []

    def of(self, segment: Segment) -> Predicate | None:
        """The predicate of a segment; None after a problem."""
        if self.segments[segment.name] is not segment:
            return resolve_rule(segment.rule, self.scope)
        if segment.name not in self.resolved:
            self.path.append(segment.name)
            self.resolved[segment.name] = resolve_rule(segment.rule, self.scope)
            self.path.pop()
        return self.resolved[segment.name]

    def referred(self, name: Scalar) -> Predicate | None:
        """The predicate of the segment that a rule refers to."""
        if name.text not in self.segments:
            self.report.unknown(name.text, name.mark, "segment", list(self.segments))
            return None
        if name.text in self.path:
            circle = " → ".join([*self.path[self.path.index(name.text) :], name.text])
            message = f"segments refer to each other in a circle: {circle}"
            self.report.add(name.mark, "cycle", message, "take one of these references out")
            return None
        return self.of(self.segments[name.text])


def _check_columns(catalog: Catalog, report: Report) -> None:
    """A column of a model is of one type, wherever it is mentioned; keys are taken as they are."""
    told: dict[tuple[str, str], tuple[str, str]] = {}
    customer = catalog.customer
    told[customer.model, customer.key.lower()] = ("key", "of the customers")
    for event in catalog.events.values():
        told.setdefault((event.model, event.customer.lower()), ("key", f"in event {event.name}"))
    mentioned = [(customer.model, column, "of the customers") for column in customer.attributes.values()]
    for event in catalog.events.values():
        mentioned += [(event.model, column, f"in event {event.name}") for column in (*event.fields.values(), event.at)]
    for model, column, where in mentioned:
        value_type, first = told.setdefault((model, column.column.lower()), (column.type, where))
        # A key that is also compared as a text or a day stays what it is; a number or an instant is converted.
        harmless = value_type == "key" and column.type not in ("number", "timestamptz")
        if value_type != column.type and not harmless:
            message = f"column {column.column} of {model} is a {column.type} here and a {value_type} {first}"
            report.add(column.mark, "two-types", message, "a column is read in one way; give it one type")


def _check_names(catalog: Catalog, files: Sequence[DefinitionFile], report: Report) -> None:
    """Segment names are unique over all files; metrics and attributes share one table."""
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
            report.add(metric.mark, "duplicate-name", message, f"the attribute stands at {attribute.mark}")


def _eligible(catalog: Catalog, scope: Scope) -> Predicate | None:
    rule = catalog.customer.eligible
    if rule is None:
        return None
    for leaf in leaves(rule):
        if leaf.kind == "segment":
            _refuse_segment(leaf, scope)
            return None
    return resolve_rule(rule, scope)


def _refuse_segment(leaf: Leaf, scope: Scope) -> None:
    hint = "write the rule out"
    scope.report.add(leaf.mark, "rule-place", "eligible cannot refer to a segment", hint)


def _revenue(catalog: Catalog, metrics: dict[str, Aggregate], report: Report) -> Aggregate | None:
    if catalog.revenue is None:
        return None
    name = catalog.revenue
    found = metrics.get(name.text)
    if found is None:
        if name.text not in catalog.metrics:
            report.unknown(name.text, name.mark, "metric", list(catalog.metrics))
        return None
    if found.aggregation != "sum":
        message = f"revenue must be a sum, and metric {name.text} is a {found.aggregation}"
        report.add(name.mark, "field-type", message, "revenue of members is added up")
        return None
    return found
