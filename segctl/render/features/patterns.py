"""Features that take steps over a customer's events (sequences, affinities, first and last values, overdue), each a
model of its own, and the table that runs keep of them all.
"""

from segctl.features import Passing, Scan, Stepped, passing_of
from segctl.names import digest, fitted
from segctl.plan import Plan
from segctl.render.causes import input_column, sources
from segctl.render.features.moments import with_moments
from segctl.render.features.rooms import CHANGED, PATTERNS, is_found_anew, is_pattern, source_table, step_model
from segctl.render.features.row import default_of
from segctl.render.features.steps import belonging_imports, imported, reads_of, step_model_text
from segctl.render.imports import Import, keyed, narrowed_by
from segctl.render.layout import condition, joined_model
from segctl.render.text import COLUMN, SOURCES, TEMPLATES


def pattern_models(plan: Plan) -> dict[str, str]:
    """The text of each model, by its place among the models of features."""
    anew = [feature for feature in plan.stepped if is_found_anew(feature)]
    models = {f"{place(feature)}/{step_model(feature)}": _steps(feature, plan) for feature in [*anew, *patterns(plan)]}
    if patterns(plan):
        models |= {f"patterns/{CHANGED}": _changed(plan), f"patterns/{PATTERNS}": _table(plan)}
    return models


def patterns(plan: Plan) -> list[Stepped]:
    """The features that are columns of the table, by name."""
    return [feature for feature in plan.stepped if is_pattern(feature)]


def place(feature: Stepped) -> str:
    """The folder of a feature's model."""
    if feature.scans:
        return "patterns"
    return "histories" if feature.attribute else "belonging"


def read_scans(plan: Plan) -> list[Scan]:
    """The sources that the features look at, by name."""
    asked = {scan for feature in patterns(plan) for scan in feature.scans}
    return [scan for scan in sources(plan) if scan in asked]


def _steps(feature: Stepped, plan: Plan) -> str:
    if feature.entity:
        return step_model_text([feature], plan, belonging_imports(feature, plan), "")
    reads, looked_at = reads_of(feature), _looked_at(feature, plan)
    imports = []
    for name in sorted(reads):
        customer = narrowed_by(reads[name].model, plan) if looked_at else ""
        narrowed = f"{{{{ segctl.is_looked_at('{customer}', known) }}}}"
        imports.append(imported(reads[name], [narrowed] if customer else []))
    return step_model_text([feature], plan, imports, "", looked_at)


def _looked_at(feature: Stepped, plan: Plan) -> dict[str, list[str]]:
    """By which events it is told whose answer is another: the boundaries that these pass, by the name of the events.

    None where each run asks all. Patterns that go through the same events look at the same customers, so that an engine
    can do that once.
    """
    if feature.drifts:
        return {}
    found: dict[str, list[str]] = {scan.source: [] for scan in sorted(feature.scans, key=lambda scan: scan.name)}
    alike = [one for one in patterns(plan) if not one.drifts and one.steps[:-1] == feature.steps[:-1]]
    for one in (one for pattern in alike for one in passing_of(pattern)):
        variables = {moment.variable for moment in one.moments}
        found[_events(one)] = sorted({*found.get(_events(one), ()), *variables})
    return dict(sorted(found.items()))


def _events(passing: Passing) -> str:
    """A name for the events that may pass a boundary: the source's, with a digest of what they have to be."""
    where = digest(" and ".join(passing.where), 6) if passing.where else ""
    return f"{passing.scan.source}_{where}" if where else passing.scan.source


def _changed(plan: Plan) -> str:
    listed: list[dict[str, object]] = []
    variables: set[str] = set()
    for scan in read_scans(plan):
        passed = _passed(scan, plan)
        variables.update(variable for one in passed for variable in one["boundaries"])
        content, read = plan.content(scan), Import(scan.model, {scan.at.lower(): scan.at_type})
        read.types |= {name: kind for name, kind in content.items() if any(one["where"] for one in passed)}
        read.types.pop(scan.customer.lower(), None)
        listed.append(
            {
                "source": scan.source,
                "table": source_table(scan),
                "changed_at": input_column(scan.source),
                "read": read,
                "events": fitted(f"{scan.source}_events"),
                "customer": scan.customer.lower(),
                "key": keyed(scan.customer.lower()),
                "at": scan.at.lower(),
                "passed": passed,
            }
        )
    text = TEMPLATES.get_template("features/changed_by_events.sql.j2").render(
        sources=SOURCES, scans=listed, passed=[one for one in listed if one["passed"]], table=PATTERNS
    )
    return with_moments(text, plan, then=variables)


def _passed(scan: Scan, plan: Plan) -> list[dict[str, list[str]]]:
    """The events of a source that may pass a boundary of a pattern, with the conditions on them, by their names."""
    found: dict[str, dict[str, list[str]]] = {}
    for one in (one for feature in patterns(plan) if not feature.drifts for one in passing_of(feature)):
        if one.scan == scan:
            told = found.setdefault(_events(one), {"name": [_events(one)], "where": [], "boundaries": []})
            told["where"] = [condition(sql, COLUMN, len("and ")) for sql in one.where]
            told["boundaries"] = sorted({*told["boundaries"], *(moment.variable for moment in one.moments)})
    return [found[name] for name in sorted(found)]


def _table(plan: Plan) -> str:
    found = patterns(plan)
    return TEMPLATES.get_template("features/patterns.sql.j2").render(
        sources=SOURCES,
        changed=CHANGED,
        tables=[source_table(scan) for scan in read_scans(plan)],
        patterns=[
            {
                "model": step_model(feature),
                "name": feature.name,
                "default": default_of(feature),
                "drifts": feature.drifts,
            }
            for feature in found
        ],
        joins=[joined_model(step_model(feature), "stale_customers") for feature in found],
    )
