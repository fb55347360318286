"""The SQL that a rule renders to, short enough to review: the expression of each feature, then the predicate.

It leaves out what all models have in common: imports, joins, the boundaries of the run. The rest is the text of the
models, with the macros that differ by engine.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from textwrap import dedent, indent
from typing import cast

from segctl.features import Computed, Predicate, Stepped, TimeFlag, closure, features_of
from segctl.plan.plan import Plan
from segctl.project.project import planned
from segctl.render import predicate_sql, referred_steps
from segctl.render.features.row import computed_column
from segctl.render.features.steps import step_model_text
from segctl.render.sources.groupings import grouping_step, groupings, shared_conditions, window_conditions

CATALOG, DEFINITIONS = "segments/catalog.yml", "segments/case.yml"
RANKED = "ranked_customers"
COMMENT = re.compile(r"\{# (.*?) -#\}")
BOUNDARY = re.compile(r"^\{%- set .*\n\n?(?=\{%-|with )", re.MULTILINE)


def sql_of(catalog: str, definitions: str, segment: str) -> str:
    """The SQL of one segment of a file. Raises ProblemsFound."""
    plan = planned({CATALOG: catalog.encode(), DEFINITIONS: definitions.encode()})
    (found,) = [one for one in plan.segments if one.segment.name == segment]
    return "\n\n".join([*_features(_narrowed(plan, found.predicate)), *_predicate(found.predicate)]) + "\n"


def _narrowed(plan: Plan, predicate: Predicate) -> Plan:
    """The plan with the features of one rule alone."""
    needed = set(closure(features_of(predicate)))
    return replace(
        plan,
        aggregates=tuple(one for one in plan.aggregates if one in needed),
        stepped=tuple(one for one in plan.stepped if one in needed),
        layers=tuple((number, tuple(one for one in layer if one in needed)) for number, layer in plan.layers),
    )


def _features(plan: Plan) -> Iterator[str]:
    """What is summed over each source and window, what takes steps, and what is derived from other features."""
    for scan in sorted({one.scan for one in plan.aggregates}, key=lambda one: one.source):
        for grouping in groupings(scan, plan):
            conditions = [*shared_conditions(grouping.aggregates[0]), *window_conditions(grouping.window, scan)]
            columns = cast(list[str], grouping_step(grouping)["columns"])
            where = [f"where {' and '.join(conditions)}"] if conditions else []
            yield _section(f"from {scan.model}", [*_listed(columns), *where])
    for family in _families(plan):
        yield _section(f"steps over {_read_by(family)}", [step_model_text(family, plan, [], RANKED, None).strip()])
    computed = [one for _, layer in plan.layers for one in layer if isinstance(one, TimeFlag | Computed)]
    if computed:
        yield _section("from other features", _listed(map(computed_column, computed)))


def _families(plan: Plan) -> list[list[Stepped]]:
    families: dict[str, list[Stepped]] = {}
    ranked = (one for _, layer in plan.layers for one in layer if isinstance(one, Stepped))
    for one in [*plan.stepped, *ranked]:
        families.setdefault(one.family, []).append(one)
    return list(families.values())


def _read_by(family: list[Stepped]) -> str:
    models = dict.fromkeys(read.model for one in family for read in one.steps.reads)
    return " and ".join(models) or "customers"


def _predicate(predicate: Predicate) -> Iterator[str]:
    """Its referenced rules, each as a column, and whether a customer is a member."""
    for step in referred_steps([predicate], ""):
        yield _section("rules referred to", _listed(step.columns))
    yield _section("member", [predicate_sql(predicate)])


def _listed(columns: Iterable[object]) -> list[str]:
    return [dedent(f"        {one}") for one in columns]


def _section(title: str, lines: list[str]) -> str:
    text = COMMENT.sub(r"-- \1", BOUNDARY.sub("", "\n".join(lines)))
    return f"-- {title}\n{text}"


def with_sql(text: str, case: str, sql: str) -> str:
    """A file of cases with the SQL of one written into it, as a block at the end of the case."""
    lines = text.split("\n")
    start = lines.index(f"- case: {case}")
    end = next((n for n in range(start + 1, len(lines)) if not lines[n].startswith("  ")), len(lines))
    end = next((n for n in range(start, end) if lines[n] == "  sql: |"), end)
    after = next((n for n in range(end, len(lines)) if lines[n].startswith(("-", "#"))), len(lines))
    # A blank line precedes the comment that begins a part of the file, or ends the file.
    rest = lines[after:] if after < len(lines) and lines[after].startswith("-") else ["", *lines[after:]]
    return "\n".join([*lines[:end], "  sql: |", *indent(sql, "    ").rstrip("\n").split("\n"), *rest])
