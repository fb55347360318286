"""Renders features with steps over a customer's events (sequences, affinities, first and last values, overdue).

Each is a model of its own. One table stores them all.
"""

from segctl.features import Passing, Scan, Stepped, passing_of
from segctl.language.names import digest, fitted
from segctl.plan.plan import Plan
from segctl.render.features.placement import (
    CHANGED_BY_EVENTS,
    PATTERNS,
    is_pattern,
    is_recomputed,
    source_table,
    step_model,
)
from segctl.render.features.row import default_of
from segctl.render.features.steps import belonging_imports, imported, reads_of, step_model_text
from segctl.render.sources.inputs import input_column, source_scans
from segctl.render.sql.boundaries import with_boundaries
from segctl.render.sql.imports import Import, narrowed_by
from segctl.render.sql.layout import INDENT, called, joined_model, wrapped_condition
from segctl.render.sql.templates import COLUMN, SOURCES, TEMPLATES


def pattern_models(plan: Plan) -> dict[str, str]:
    """The models by relative path."""
    recomputed = [feature for feature in plan.stepped if is_recomputed(feature)]
    alone = [[feature] for feature in recomputed]
    families = [*alone, *pattern_families(plan)]
    models = {f"{place(family[0])}/{step_model(family[0])}": _steps(family, plan) for family in families}
    if patterns(plan):
        models |= {f"patterns/{CHANGED_BY_EVENTS}": _changed_by_events(plan), f"patterns/{PATTERNS}": _table(plan)}
    return models


def patterns(plan: Plan) -> list[Stepped]:
    """The features in the table by name."""
    return [feature for feature in plan.stepped if is_pattern(feature)]


def pattern_families(plan: Plan) -> list[list[Stepped]]:
    """The features by the name of their model. Features over the same events share one."""
    families: dict[str, list[Stepped]] = {}
    for feature in patterns(plan):
        families.setdefault(step_model(feature), []).append(feature)
    return [families[name] for name in sorted(families)]


def place(feature: Stepped) -> str:
    """The folder of a feature's model."""
    if feature.inputs.scans:
        return "patterns"
    return "histories" if feature.inputs.attribute else "belonging"


def read_scans(plan: Plan) -> list[Scan]:
    """The sources of the features by name."""
    scans = {scan for feature in patterns(plan) for scan in feature.inputs.scans}
    return [scan for scan in source_scans(plan) if scan in scans]


def _steps(family: list[Stepped], plan: Plan) -> str:
    first = family[0]
    if first.inputs.entity:
        return step_model_text(family, plan, belonging_imports(first, plan), "")
    reads, deciding = reads_of(first), _deciding_boundaries(family)
    imports = []
    for name in sorted(reads):
        customer = narrowed_by(reads[name].model, plan) if deciding else ""
        narrowed = f"{{{{ segctl.is_evaluated('{customer}', known) }}}}"
        imports.append(imported(reads[name], [narrowed] if customer else []))
    return step_model_text(family, plan, imports, "", deciding)


def _deciding_boundaries(family: list[Stepped]) -> dict[str, list[str]]:
    """The events that show whose answer may change, with the boundaries that they pass, by name.

    Empty if each run evaluates all customers.
    """
    if family[0].staleness.drifts:
        return {}
    columns: dict[str, list[str]] = {scan.source: [] for feature in family for scan in feature.inputs.scans}
    for passing in (passing for feature in family for passing in passing_of(feature)):
        variables = {boundary.variable for boundary in passing.boundaries}
        columns[_events(passing)] = sorted({*columns.get(_events(passing), ()), *variables})
    return dict(sorted(columns.items()))


def _events(passing: Passing) -> str:
    """A name for events that may pass a boundary: the source's name and a digest of their conditions."""
    where = digest(" and ".join(passing.where), 6) if passing.where else ""
    return f"{passing.scan.source}_{where}" if where else passing.scan.source


def _changed_by_events(plan: Plan) -> str:
    listed: list[dict[str, object]] = []
    variables: set[str] = set()
    for scan in read_scans(plan):
        passed, events = _strips(scan, plan), fitted(f"{scan.source}_events")
        variables.update(variable for strip in passed for variable in strip["boundaries"])
        content, read = plan.content(scan), Import(scan.model, {scan.at.lower(): scan.at_type})
        read.types |= {name: kind for name, kind in content.items() if any(strip["where"] for strip in passed)}
        read.types.pop(scan.customer.lower(), None)
        listed.append(
            {
                "table": source_table(scan),
                "changed_at": input_column(scan.source),
                "changed_events": called(
                    "changed_events",
                    [f"'{scan.source}'", f"ref('{source_table(scan)}')", f"'{input_column(scan.source)}'", "known"],
                    INDENT,
                ),
                "passed_events": {
                    strip["name"][0]: called(
                        "passed_events",
                        [f"'{name}'" for name in (strip["name"][0], events, scan.at.lower(), scan.customer.lower())],
                        INDENT,
                    )
                    for strip in passed
                },
                "read": read,
                "events": events,
                "customer": scan.customer.lower(),
                "at": scan.at.lower(),
                "passed": passed,
            }
        )
    text = TEMPLATES.get_template("features/changed_by_events.sql.j2").render(
        sources=SOURCES, scans=listed, passed=[entry for entry in listed if entry["passed"]], table=PATTERNS
    )
    return with_boundaries(text, plan, then=variables)


def _strips(scan: Scan, plan: Plan) -> list[dict[str, list[str]]]:
    """The events of a source that may pass a boundary of a pattern, with their conditions, by name."""
    passed: dict[str, dict[str, list[str]]] = {}
    for passing in (
        passing for feature in patterns(plan) if not feature.staleness.drifts for passing in passing_of(feature)
    ):
        if passing.scan == scan:
            entry = passed.setdefault(_events(passing), {"name": [_events(passing)], "where": [], "boundaries": []})
            entry["where"] = [wrapped_condition(sql, COLUMN, len("and ")) for sql in passing.where]
            entry["boundaries"] = sorted(
                {*entry["boundaries"], *(boundary.variable for boundary in passing.boundaries)}
            )
    return [passed[name] for name in sorted(passed)]


def _table(plan: Plan) -> str:
    features = patterns(plan)
    return TEMPLATES.get_template("features/patterns.sql.j2").render(
        sources=SOURCES,
        changed=CHANGED_BY_EVENTS,
        tables=[source_table(scan) for scan in read_scans(plan)],
        patterns=[
            {
                "model": step_model(feature),
                "name": feature.name,
                "default": default_of(feature),
                "drifts": feature.staleness.drifts,
            }
            for feature in features
        ],
        joins=[joined_model(step_model(family[0]), "stale_customers") for family in pattern_families(plan)],
    )
