"""Renders one query that compares two versions of rules on the same customers: who joins, leaves and stays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from segctl.features import Feature, Predicate
from segctl.literals import Duration, sql_text
from segctl.plan import Plan
from segctl.render.layout import named
from segctl.render.predicates import predicate_sql
from segctl.render.question.features import features_step, features_steps
from segctl.render.referred import Step, referred_steps
from segctl.render.text import COLUMN, TEMPLATES
from segctl.resolver import CheckedMemory
from segctl.spec import CUSTOMER

# At most this many values are shown of a customer.
MOST_SHOWN = 6
# Rules up to this many conditions, including references, are written out.
MOST_WRITTEN_OUT = 2_000


@dataclass(frozen=True)
class Side:
    """One version of a rule. `name` is the segment's name there. A segment without a rule has no members.

    With `standing`, members come from the history, not from the rule.
    """

    name: str = ""
    rule: Predicate | None = None
    memory: CheckedMemory | None = None
    standing: bool = False


@dataclass(frozen=True)
class Compared:
    """The two versions of a segment, further rules to count, and the features to show.

    `edits` are compared with the version before, `near` with the version after.
    """

    before: Side
    after: Side
    edits: tuple[Predicate, ...] = ()
    near: tuple[Predicate, ...] = ()
    shown: tuple[Feature, ...] = ()


@dataclass(frozen=True)
class Asked:
    """The comparison for one entity: the feature plan of each side, the same object if they share features.

    `history` is the relation of the stays, a reference without braces, or empty.
    """

    before: Plan
    after: Plan
    compared: tuple[Compared, ...]
    history: str = ""
    samples: int = 3
    entity: str = CUSTOMER


def comparison(asked: Asked) -> str:
    """The query. One row per sample, highest revenue first, or a single row without samples.

    Columns of a sample: `segment` (its place in `compared`), `member`, `sample_revenue`, `joins`, and `shown_0` to
    `shown_5` as texts. Counts, repeated in every row: `customers` and `revenue`; for segment i `before_i`, `after_i`,
    `joins_i`, `leaves_i`, `kept_i` and `waiting_i` (by memory), their revenue with the prefix `revenue_`, and
    `edit_joins_i_j`, `edit_leaves_i_j` and `near_i_j`.
    """
    one_set = asked.before is asked.after
    texts = [features_steps(plan) for plan in ([asked.after] if one_set else [asked.before, asked.after])]
    together = one_set and all(rule.size <= MOST_WRITTEN_OUT for rule in _all_rules(asked))
    compared = list(enumerate(asked.compared))
    timezone = asked.after.catalog.timezone
    columns = [column for number, one in compared for column in _members(number, one, asked.history, timezone)]
    remembered = [number for number, one in compared if _remembers(one, asked.history)]
    return TEMPLATES.get_template("question/comparison.sql.j2").render(
        features=texts,
        sides=_sides(asked, one_set, together),
        flags=[flag for number, one in compared for flag in _flags(number, one)],
        shown=sorted({feature.name for one in asked.compared for feature in one.shown}),
        key=f"{asked.entity}_id",
        step=features_step(asked.entity),
        history=asked.history,
        remembered=[(number, sql_text(_former_name(asked.compared[number]))) for number in remembered],
        members=columns,
        counts=[count for number, one in compared for count in _counts(number, one)],
        numbers=[number for number, _ in compared],
        values=[_shown(place, asked.compared) for place in range(MOST_SHOWN)],
        samples=asked.samples,
    )


@dataclass(frozen=True)
class _Columns:
    """The rules of one side as columns of a step, after steps for references. Both sides without a name."""

    name: str
    columns: list[str]
    referred: list[Step]
    step: str


def _sides(asked: Asked, one_set: bool, together: bool) -> list[_Columns]:
    """Small rules over shared features are written out side by side. Others get steps of their own."""
    step = features_step(asked.entity)
    found: dict[str, list[tuple[Predicate | None, str]]] = {"before": [], "after": []}
    for number, one in enumerate(asked.compared):
        found["before"] += _rules(number, "was", one.before)
        found["after"] += _rules(number, "is", one.after)
        found["after"] += [(rule, f"edit_{number}_{place}") for place, rule in enumerate(one.edits)]
        found["after"] += [(rule, f"near_{number}_{place}") for place, rule in enumerate(one.near)]
    if together:
        return [_Columns("", [_column(*one, inline=True) for one in (*found["before"], *found["after"])], [], step)]
    sides = []
    for name, rules in found.items():
        features = step if one_set else f"features_{name}"
        # A replaced part of a rule is written out, and may refer to its former rule.
        small = all(rule is None or rule.size <= MOST_WRITTEN_OUT for rule, _ in rules)
        referred = [] if small else referred_steps([rule for rule, _ in rules if rule], features)
        columns = [_column(*one, inline=small) for one in rules]
        sides.append(_Columns(name, columns, referred, referred[-1].name if referred else features))
    return sides


def _all_rules(asked: Asked) -> Iterator[Predicate]:
    for one in asked.compared:
        for side in (one.before, one.after):
            yield from (rule for rule, _ in _rules(0, "is", side) if rule)


def _rules(number: int, verb: str, side: Side) -> Iterator[tuple[Predicate | None, str]]:
    yield side.rule, f"{verb}_{number}"
    if side.memory and side.memory.keep_while:
        yield side.memory.keep_while, f"keeps_{verb}_{number}"


def _column(rule: Predicate | None, name: str, inline: bool) -> str:
    return named([predicate_sql(rule, COLUMN, inline=inline) if rule else "false"], name, COLUMN)


def _flags(number: int, one: Compared) -> Iterator[tuple[str, str]]:
    """The columns of rules by side."""
    for side, verb, told in (("before", "was", one.before), ("after", "is", one.after)):
        yield side, f"{verb}_{number}"
        if told.memory and told.memory.keep_while:
            yield side, f"keeps_{verb}_{number}"
    for place, _ in enumerate(one.edits):
        yield "after", f"edit_{number}_{place}"
    for place, _ in enumerate(one.near):
        yield "after", f"near_{number}_{place}"


def _remembers(one: Compared, history: str) -> bool:
    return bool(history) and any(side.memory or side.standing for side in (one.before, one.after))


def _former_name(one: Compared) -> str:
    return one.before.name or one.after.name


def _members(number: int, one: Compared, history: str, timezone: str) -> Iterator[str]:
    """Membership by each version, including memory, as columns."""
    for name, verb, side in (("before", "was", one.before), ("after", "is", one.after)):
        memory = side.memory if _remembers(one, history) else None
        members = _membership(number, verb, memory, timezone)
        if side.standing:
            members = f"standing_{number}.joined_at is not null"
        yield named([members], f"{name}_{number}", COLUMN)


def _membership(number: int, verb: str, memory: CheckedMemory | None, timezone: str) -> str:
    rule = f"evaluated.{verb}_{number}"
    if memory is None:
        return rule
    standing, left = f"standing_{number}.joined_at", f"former_{number}.left_at"
    stays = [f"evaluated.keeps_{verb}_{number}"] if memory.keep_while else []
    stays += [f"{standing} > {_ago(memory.min_stay, timezone)}"] if memory.min_stay else []
    joins = rule
    if memory.cool_down:
        rested = f"{left} is null or {left} <= {_ago(memory.cool_down, timezone)}"
        joins = f"({rule} and ({standing} is not null or {rested}))"
    return f"({joins} or ({standing} is not null and ({' or '.join(stays)})))" if stays else joins


def _ago(duration: Duration, timezone: str) -> str:
    return f"{{{{ segctl.ago({duration.count}, '{duration.unit}', '{timezone}') }}}}"


def _counts(number: int, one: Compared) -> Iterator[str]:
    before, after = f"before_{number}", f"after_{number}"
    told = {
        "before": before,
        "after": after,
        "joins": f"{after} and not {before}",
        "leaves": f"{before} and not {after}",
        "kept": f"{after} and not is_{number}",
        "waiting": f"is_{number} and not {after}",
    }
    for name, condition in told.items():
        yield _counted(condition, f"{name}_{number}")
        yield f"sum(case when {condition} then coalesce(revenue, 0) else 0 end) as revenue_{name}_{number}"
    for place, _ in enumerate(one.edits):
        yield _counted(f"edit_{number}_{place} and not was_{number}", f"edit_joins_{number}_{place}")
        yield _counted(f"was_{number} and not edit_{number}_{place}", f"edit_leaves_{number}_{place}")
    for place, _ in enumerate(one.near):
        yield _counted(f"near_{number}_{place} and not {after}", f"near_{number}_{place}")


def _counted(condition: str, name: str) -> str:
    return f"sum(case when {condition} then 1 else 0 end) as {name}"


def _shown(place: int, compared: Sequence[Compared]) -> list[tuple[int, str]]:
    """The feature that each segment shows in a place, for segments that show one."""
    return [(number, one.shown[place].name) for number, one in enumerate(compared) if place < len(one.shown)]
