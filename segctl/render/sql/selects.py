"""Renders the steps of features that need their own."""

import re
from collections.abc import Callable, Iterable

from segctl.features import OWN, SO_FAR, Predicate, Select, Stepped
from segctl.render.sql.layout import INDENT, cases, fits, left_join, with_alias, wrapped_condition
from segctl.render.sql.predicates import predicate_sql
from segctl.render.sql.templates import COLUMN

Spell = Callable[[str], str]
NAME = re.compile(r"\b[a-z_]\w*\b")


def step_texts(features: Iterable[Stepped], so_far: str) -> list[dict[str, str]]:
    """The steps of features as `name` and `sql`. Equal steps of several features are rendered once.

    `so_far` is the relation with the features known before.
    """
    features = tuple(features)
    steps: dict[str, str] = {}
    for feature in features:
        for word, select in feature.steps.selects:
            sql = select_text(select, lambda sql, stepped=feature: stepped.spelled(sql).replace(SO_FAR, so_far))  # type: ignore[misc]
            assert steps.setdefault(feature.spelled(f"{OWN}__{word}"), sql) == sql
    return _without_repeats(steps, {feature.last_step for feature in features})


def _without_repeats(steps: dict[str, str], last: set[str]) -> list[dict[str, str]]:
    """The steps without duplicates: the first of equal steps replaces the others. `last` steps keep their names."""
    first: dict[str, str] = {}
    replacements: dict[str, str] = {}
    kept = []
    for name, text in steps.items():
        sql = NAME.sub(lambda match: replacements.get(match[0], match[0]), text)
        if name not in last and first.setdefault(sql, name) != name:
            replacements[name] = first[sql]
        else:
            kept.append({"name": name, "sql": sql})
    return kept


def step_joins(features: Iterable[Stepped], to: str, key: str, other: str = "customer_id") -> list[str]:
    """Joins the last steps of features to a relation by key. `other` is their column."""
    return [left_join(step, to, key, other) for step in dict.fromkeys(feature.last_step for feature in features)]


def select_text(select: Select, formatted: Spell) -> str:
    """A select as the text of a step, with placeholders replaced."""
    columns = [_column(formatted(sql), formatted(name)) for sql, name in select.columns]
    listed = f",\n{COLUMN}".join(columns)
    head = [f"select {listed}"] if len(columns) == 1 else ["select", f"{INDENT}{listed}"]
    parts = [*head, f"from {formatted(select.relation)}"]
    parts += [_join(formatted(join)) for join in select.joins]
    if select.conditions:
        conditions = f"\n{COLUMN}and ".join(_condition(part, formatted) for part in select.conditions)
        parts.append(f"where\n{COLUMN}{conditions}")
    if select.group_by:
        parts.append(f"group by {', '.join(formatted(column) for column in select.group_by)}")
    if select.union:
        parts += ["union all", select_text(select.union, formatted)]
    return f"\n{INDENT}".join(parts)


def _column(sql: str, name: str) -> str:
    if sql == name or sql.rpartition(".")[2] == name:
        return sql
    return with_alias([sql, *_over_lines(sql)], name, COLUMN)


def _over_lines(sql: str) -> list[str]:
    """A window function or a case over several lines."""
    if sql.startswith("case when ") and sql.endswith(" end"):
        when, _, rest = sql.removesuffix(" end").partition(" then ")
        then, _, otherwise = rest.rpartition(" else ")
        deeper = COLUMN + INDENT
        left, sign, right = otherwise.rpartition(" > ")
        if sign and not fits(f"else {otherwise}", deeper):
            otherwise = f"\n{deeper}{INDENT}{left}\n{deeper}{INDENT}> {right}"
        lines = [
            when.replace("case when", "when", 1),
            f"{INDENT}then {then}",
            f"else {otherwise}".replace("else \n", "else\n"),
        ]
        return [f"case\n{deeper}{f'{chr(10)}{deeper}'.join(lines)}\n{COLUMN}end"]
    if sql.startswith("count(case when ") and sql.endswith(" then 1 end)"):
        conditions = sql.removeprefix("count(case when ").removesuffix(" then 1 end)").split(" and ")
        inside = COLUMN + INDENT
        return [f"count(\n{inside}{part}\n{COLUMN})" for part in cases(conditions, "1", inside)]
    head, _, window = sql.partition(" over (")
    if not window:
        return []
    inner, _, after = window.rpartition(")")
    lines = inner.replace(" order by ", "\norder by ").replace(" rows between ", "\nrows between ").split("\n")
    body = f"\n{COLUMN}{INDENT}".join(lines)
    return [f"{head} over (\n{COLUMN}{INDENT}{body}\n{COLUMN}){after}"]


def _join(join: str) -> str:
    if fits(join, INDENT):
        return join
    before, _, on = join.partition(" on ")
    return f"{before}\n{COLUMN}on {on}"


def _condition(part: "str | Predicate", formatted: Spell) -> str:
    if not isinstance(part, str):
        return predicate_sql(part, COLUMN, inline=True)
    sql = formatted(part)
    return sql.replace("\n", f"\n{COLUMN}") if "\n" in sql else wrapped_condition(sql, COLUMN, len("and "))
