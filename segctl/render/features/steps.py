"""Renders the model of a feature's steps: its rule in words, its imports, and its steps in order."""

import re
from collections.abc import Mapping
from dataclasses import replace

from segctl.features import ANSWER, ANSWERS, CUT, OWN, SO_FAR, Select, Stepped, customers_step, since_of
from segctl.language.names import import_name
from segctl.plan.plan import Plan
from segctl.render.features.placement import CHANGED_BY_EVENTS, PATTERNS
from segctl.render.sql.boundaries import with_boundaries
from segctl.render.sql.imports import Import, as_read, import_sql
from segctl.render.sql.layout import INDENT, block, coalesced, fits, template_comment, with_alias
from segctl.render.sql.selects import select_text
from segctl.render.sql.templates import COLUMN, SOURCES, TEMPLATES

NO_BOUNDARIES: Mapping[str, list[str]] = {}
_STEP = re.compile(rf"\b{OWN}__(\w+)")


def step_model_text(
    features: list[Stepped],
    plan: Plan,
    imports: list[dict[str, str]],
    so_far: str,
    deciding: Mapping[str, list[str]] | None = NO_BOUNDARIES,
) -> str:
    """The text of a model with one row per customer and one column per feature of a family.

    `imports` are the steps (name, SQL) that the features' steps read, `so_far` is the step with the features known
    before. `deciding` are, by source, the boundaries that show whose answer may change, empty if each run evaluates
    all customers. With None, the text is a step of a query instead of a model.
    """
    first = features[0]
    steps = [
        {"name": word, "sql": select_text(_of_family(select, features), lambda sql: _formatted(sql, so_far))}
        for word, select in first.steps.selects
    ]
    text = TEMPLATES.get_template("features/steps.sql.j2").render(
        sources=SOURCES,
        description="\n".join(template_comment(_comment(feature), "") for feature in features),
        table=PATTERNS,
        changed=CHANGED_BY_EVENTS,
        deciding=deciding,
        unanswered={feature.name: feature.steps.default for feature in features},
        steps=[*imports, *steps],
        columns=[_answer(feature) for feature in features],
        last_step=first.steps.selects[-1][0],
        compares=bool(first.steps.cut),
        alone=deciding is None,
    )
    return with_boundaries(
        text, plan, {boundary for boundaries in (deciding or NO_BOUNDARIES).values() for boundary in boundaries}
    )


def _of_family(select: Select, family: list[Stepped]) -> Select:
    """The select of a step with the columns and conditions of the whole family."""
    if ANSWERS in dict(select.columns):
        others = [column for column in select.columns if column[1] != ANSWERS]
        return replace(select, columns=(*others, *((feature.steps.answer, feature.name) for feature in family)))
    return _cut(select, family) if CUT in select.conditions else select


def _cut(select: Select, family: list[Stepped]) -> Select:
    comparisons = [f"or {feature.steps.cut}".replace("\n", f"\n{INDENT}") for feature in family]
    return replace(select, conditions=(f"\n{INDENT}".join(["(", "false", *comparisons]) + "\n)",))


def _comment(feature: Stepped) -> str:
    return feature.description or f"The attribute {feature.name}, as its history has it at the time of the run."


def imported(read: Import, conditions: list[str] | None = None) -> dict[str, str]:
    """The step that reads columns of a model."""
    return {"name": read.name, "sql": import_sql(read.columns, read.relation, conditions or ())}


def reads_of(feature: Stepped) -> dict[str, Import]:
    """The imports of the steps, by name of the import step."""
    import_s: dict[str, Import] = {}
    for read in feature.steps.reads:
        model = import_s.setdefault(import_name(read.model), Import(read.model))
        # Keys are read unchanged, even if the column is also used otherwise.
        if model.types.get(read.column) in (None, "string"):
            model.types[read.column] = read.type
    return import_s


def belonging_imports(feature: Stepped, plan: Plan) -> list[dict[str, str]]:
    """The steps that read entities of customers, and existing customers."""
    customer, reads = plan.catalog.customer, reads_of(feature)
    customers = customers_step(plan.catalog)
    theirs = reads.get(import_name(customer.model))
    imports = [imported(replace(theirs, step=customers), existing(plan))] if theirs else []
    for name in sorted(set(reads) - {customers}):
        imports.append(imported(reads[name]))
    return imports


def existing(plan: Plan) -> list[str]:
    """The conditions that a customer exists and was not erased."""
    since = since_of(plan.catalog)
    conditions = [f"{{{{ segctl.not_erased('{plan.catalog.customer.key.lower()}', 'customer') }}}}"]
    return conditions + ([since.condition(as_read(since.column, since.type))] if since else [])


def _formatted(sql: str, so_far: str) -> str:
    return _STEP.sub(r"\1", sql).replace(SO_FAR, so_far)


def _answer(feature: Stepped) -> str:
    last, deeper = feature.steps.selects[-1][0], COLUMN
    if ANSWERS in dict(feature.steps.selects[-1][1].columns):
        return feature.name
    answer = _STEP.sub(r"\1", feature.steps.answer).replace(f"{last}.", "") if feature.steps.answer else ANSWER
    if not feature.steps.default:
        return with_alias([answer], feature.name, INDENT)
    if not fits(answer, deeper, 1):
        compared = answer.replace(" < ", f"\n{deeper}< ")
        return with_alias([f"coalesce{block([compared, feature.steps.default], INDENT, ',')}"], feature.name, INDENT)
    return with_alias([coalesced(answer, feature.steps.default, INDENT)], feature.name, INDENT)
