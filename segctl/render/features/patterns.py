"""Features that take steps over a customer's events (sequences, affinities, first and last values, overdue), each a
model of its own, and the table that runs keep of them all.
"""

from segctl.features import Scan, Stepped, passed_by_events
from segctl.names import fitted
from segctl.plan import Plan
from segctl.render.causes import input_column, sources
from segctl.render.features.moments import with_moments
from segctl.render.features.rooms import CHANGED, PATTERNS, is_found_anew, is_pattern, source_table, step_model
from segctl.render.features.row import default_of
from segctl.render.features.steps import belonging_imports, imported, reads_of, step_model_text
from segctl.render.imports import Import, keyed, narrowed_by, read_column
from segctl.render.layout import joined_model
from segctl.render.text import SOURCES, TEMPLATES


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
    reads, looked_at = reads_of(feature), _looked_at(feature)
    imports = []
    for name in sorted(reads):
        customer = narrowed_by(reads[name].model, plan) if looked_at else ""
        narrowed = f"{{{{ segctl.is_looked_at('{customer}', known) }}}}"
        imports.append(imported(reads[name], [narrowed] if customer else []))
    return step_model_text([feature], plan, imports, "", looked_at)


def _looked_at(feature: Stepped) -> dict[str, list[str]]:
    """The boundaries in each source by which it is told whose answer is another; none where each run asks all."""
    if feature.drifts:
        return {}
    scans = sorted(feature.scans, key=lambda scan: scan.name)
    return {scan.source: [moment.variable for moment in passed_by_events([feature], scan)] for scan in scans}


def _changed(plan: Plan) -> str:
    listed, variables = [], set()
    for scan in read_scans(plan):
        passed = [moment.variable for moment in passed_by_events(patterns(plan), scan)]
        variables.update(passed)
        read = Import(scan.model, {scan.at.lower(): scan.at_type})
        listed.append(
            {
                "source": scan.source,
                "table": source_table(scan),
                "changed_at": input_column(scan.source),
                "reference": read.reference,
                "events": fitted(f"{scan.source}_events"),
                "customer": scan.customer.lower(),
                "key": keyed(scan.customer.lower()),
                "at": scan.at.lower(),
                "read": read_column(scan.at.lower(), scan.at_type, scan.at.lower()),
                "passed": passed,
            }
        )
    text = TEMPLATES.get_template("features/changed_by_events.sql.j2").render(
        sources=SOURCES, scans=listed, passed=[one for one in listed if one["passed"]], table=PATTERNS
    )
    return with_moments(text, plan, then=variables)


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
