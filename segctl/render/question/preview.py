"""Renders one query that previews a rule: size, revenue, clauses, and overlaps."""

from collections.abc import Iterator
from dataclasses import dataclass

from segctl.features import Feature, Predicate
from segctl.language.syntax import CUSTOMER
from segctl.plan.plan import Plan
from segctl.render.question.features import features_step, features_steps
from segctl.render.sql.layout import with_alias
from segctl.render.sql.predicates import predicate_sql
from segctl.render.sql.referred import referred_steps
from segctl.render.sql.templates import COLUMN, TEMPLATES


@dataclass(frozen=True)
class Previewed:
    """The preview of a rule: its `clauses` are counted alone and joined by `joined` ("all", "any", "none").

    `history` is the relation of stays in Jinja, empty without overlaps. `members` is the number of members to show.
    """

    plan: Plan
    rule: Predicate
    clauses: tuple[Predicate, ...]
    joined: str
    shown: tuple[Feature, ...] = ()
    history: str = ""
    members: int = 0
    entity: str = CUSTOMER


def preview_query(previewed: Previewed) -> str:
    """The query. One row per member, highest revenue first, and per segment with common members, or a single row.

    Columns of a row: `kind` ("member" or "segment"), `name` (a key or a segment), `amount` (revenue), `segment_size`,
    `both_count`, and `shown_i` as texts. Counts, repeated in every row: `customers`, `revenue`, `size`,
    `member_revenue`, `eligible_size`, and for clause i `alone_i` and `so_far_i` (joined with the clauses before it).
    """
    shown = [feature.name for feature in previewed.shown]
    referred = referred_steps([previewed.rule, *previewed.clauses], features_step(previewed.entity))
    return TEMPLATES.get_template("question/preview.sql.j2").render(
        features=features_steps(previewed.plan),
        referred=referred,
        step=referred[-1].name if referred else features_step(previewed.entity),
        key=f"{previewed.entity}_id",
        shown=shown,
        rules=[
            _column(previewed.rule, "is_member"),
            *(_column(clause, f"clause_{number}") for number, clause in enumerate(previewed.clauses)),
        ],
        counts=list(_counts(previewed)),
        history=previewed.history,
        members=previewed.members,
    )


def _column(rule: Predicate, name: str) -> str:
    return with_alias([predicate_sql(rule, COLUMN)], name, COLUMN)


def _counts(previewed: Previewed) -> Iterator[str]:
    word = "and" if previewed.joined == "all" else "or"
    for number, _ in enumerate(previewed.clauses):
        yield _counted(f"clause_{number}", f"alone_{number}")
        so_far = f" {word} ".join(f"clause_{place}" for place in range(number + 1))
        yield _counted(f"not ({so_far})" if previewed.joined == "none" else so_far, f"so_far_{number}")


def _counted(condition: str, name: str) -> str:
    return f"sum(case when {condition} then 1 else 0 end) as {name}"
