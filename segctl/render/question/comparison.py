"""Renders one query that compares two versions of rules on the same customers: who joins, leaves and stays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from segctl.check.resolver import CheckedMemory
from segctl.features import Feature, Predicate
from segctl.language.literals import Duration, sql_text
from segctl.language.syntax import CUSTOMER
from segctl.plan.plan import Plan
from segctl.render.question.features import features_step, features_steps
from segctl.render.sql.layout import with_alias
from segctl.render.sql.predicates import predicate_sql
from segctl.render.sql.referred import ReferredStep, referred_steps
from segctl.render.sql.templates import COLUMN, TEMPLATES

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
class ComparisonRequest:
    """The comparison for one entity: the feature plan of each side, the same object if they share features.

    `history` is the relation of the stays, a reference without braces, or empty.
    """

    before: Plan
    after: Plan
    compared: tuple[Compared, ...]
    history: str = ""
    samples: int = 3
    entity: str = CUSTOMER


def comparison(request: ComparisonRequest) -> str:
    """The query. One row per sample, highest revenue first, or a single row without samples.

    Columns of a sample: `segment` (its place in `compared`), `member`, `sample_revenue`, `joins`, and `shown_0` to
    `shown_5` as texts. Counts, repeated in every row: `customers` and `revenue`; for segment i `before_i`, `after_i`,
    `joins_i`, `leaves_i`, `kept_i` and `waiting_i` (by memory), their revenue with the prefix `revenue_`, and
    `edit_joins_i_j`, `edit_leaves_i_j` and `near_i_j`.
    """
    same_segments = request.before is request.after
    texts = [features_steps(plan) for plan in ([request.after] if same_segments else [request.before, request.after])]
    together = same_segments and all(rule.size <= MOST_WRITTEN_OUT for rule in _all_rules(request))
    compared = list(enumerate(request.compared))
    timezone = request.after.catalog.timezone
    columns = [column for number, pair in compared for column in _members(number, pair, request.history, timezone)]
    remembered = [number for number, pair in compared if _remembers(pair, request.history)]
    return TEMPLATES.get_template("question/comparison.sql.j2").render(
        features=texts,
        sides=_sides(request, same_segments, together),
        flags=[flag for number, pair in compared for flag in _flags(number, pair)],
        shown=sorted({feature.name for pair in request.compared for feature in pair.shown}),
        key=f"{request.entity}_id",
        step=features_step(request.entity),
        history=request.history,
        remembered=[(number, sql_text(_former_name(request.compared[number]))) for number in remembered],
        members=columns,
        counts=[count for number, pair in compared for count in _counts(number, pair)],
        numbers=[number for number, _ in compared],
        values=[_shown(place, request.compared) for place in range(MOST_SHOWN)],
        samples=request.samples,
    )


@dataclass(frozen=True)
class _Columns:
    """The rules of one side as columns of a step, after steps for references. Both sides without a name."""

    name: str
    columns: list[str]
    referred: list[ReferredStep]
    step: str


def _sides(request: ComparisonRequest, same_segments: bool, together: bool) -> list[_Columns]:
    """Small rules over shared features are written out side by side. Others get steps of their own."""
    step = features_step(request.entity)
    rules_of: dict[str, list[tuple[Predicate | None, str]]] = {"before": [], "after": []}
    for number, compared in enumerate(request.compared):
        rules_of["before"] += _rules(number, "was", compared.before)
        rules_of["after"] += _rules(number, "is", compared.after)
        rules_of["after"] += [(rule, f"edit_{number}_{place}") for place, rule in enumerate(compared.edits)]
        rules_of["after"] += [(rule, f"near_{number}_{place}") for place, rule in enumerate(compared.near)]
    if together:
        return [
            _Columns("", [_column(*rule, inline=True) for rule in (*rules_of["before"], *rules_of["after"])], [], step)
        ]
    sides = []
    for name, rules in rules_of.items():
        features = step if same_segments else f"features_{name}"
        # A replaced part of a rule is written out, and may refer to its former rule.
        small = all(rule is None or rule.size <= MOST_WRITTEN_OUT for rule, _ in rules)
        referred = [] if small else referred_steps([rule for rule, _ in rules if rule], features)
        columns = [_column(*rule, inline=small) for rule in rules]
        sides.append(_Columns(name, columns, referred, referred[-1].name if referred else features))
    return sides


def _all_rules(request: ComparisonRequest) -> Iterator[Predicate]:
    for compared in request.compared:
        for side in (compared.before, compared.after):
            yield from (rule for rule, _ in _rules(0, "is", side) if rule)


def _rules(number: int, verb: str, side: Side) -> Iterator[tuple[Predicate | None, str]]:
    yield side.rule, f"{verb}_{number}"
    if side.memory and side.memory.keep_while:
        yield side.memory.keep_while, f"keeps_{verb}_{number}"


def _column(rule: Predicate | None, name: str, inline: bool) -> str:
    return with_alias([predicate_sql(rule, COLUMN, inline=inline) if rule else "false"], name, COLUMN)


def _flags(number: int, compared: Compared) -> Iterator[tuple[str, str]]:
    """The columns of rules by side."""
    for side, verb, segment in (("before", "was", compared.before), ("after", "is", compared.after)):
        yield side, f"{verb}_{number}"
        if segment.memory and segment.memory.keep_while:
            yield side, f"keeps_{verb}_{number}"
    for place, _ in enumerate(compared.edits):
        yield "after", f"edit_{number}_{place}"
    for place, _ in enumerate(compared.near):
        yield "after", f"near_{number}_{place}"


def _remembers(compared: Compared, history: str) -> bool:
    return bool(history) and any(side.memory or side.standing for side in (compared.before, compared.after))


def _former_name(compared: Compared) -> str:
    return compared.before.name or compared.after.name


def _members(number: int, compared: Compared, history: str, timezone: str) -> Iterator[str]:
    """Membership by each version, including memory, as columns."""
    for name, verb, side in (("before", "was", compared.before), ("after", "is", compared.after)):
        memory = side.memory if _remembers(compared, history) else None
        members = _membership(number, verb, memory, timezone)
        if side.standing:
            members = f"standing_{number}.joined_at is not null"
        yield with_alias([members], f"{name}_{number}", COLUMN)


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


def _counts(number: int, compared: Compared) -> Iterator[str]:
    before, after = f"before_{number}", f"after_{number}"
    values = {
        "before": before,
        "after": after,
        "joins": f"{after} and not {before}",
        "leaves": f"{before} and not {after}",
        "kept": f"{after} and not is_{number}",
        "waiting": f"is_{number} and not {after}",
    }
    for name, condition in values.items():
        yield _counted(condition, f"{name}_{number}")
        yield f"sum(case when {condition} then coalesce(revenue, 0) else 0 end) as revenue_{name}_{number}"
    for place, _ in enumerate(compared.edits):
        yield _counted(f"edit_{number}_{place} and not was_{number}", f"edit_joins_{number}_{place}")
        yield _counted(f"was_{number} and not edit_{number}_{place}", f"edit_leaves_{number}_{place}")
    for place, _ in enumerate(compared.near):
        yield _counted(f"near_{number}_{place} and not {after}", f"near_{number}_{place}")


def _counted(condition: str, name: str) -> str:
    return f"sum(case when {condition} then 1 else 0 end) as {name}"


def _shown(place: int, compared: Sequence[Compared]) -> list[tuple[int, str]]:
    """The feature that each segment shows in a place, for segments that show one."""
    return [(number, pair.shown[place].name) for number, pair in enumerate(compared) if place < len(pair.shown)]
