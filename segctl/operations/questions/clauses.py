"""Evaluates the clauses of a rule for one member, with the values that each used."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from segctl.errors import Mark
from segctl.features import Aggregate, Feature, Predicate, Reference, Test, reference_in_words
from segctl.language.literals import sql_text
from segctl.operations.runs.tables import tables_of
from segctl.operations.sql import render_query
from segctl.plan.plan import Plan
from segctl.render import features_step, features_steps, predicate_sql, referred_steps
from segctl.speech import amount_of
from segctl.warehouse import Row, Warehouse

# At most this many features of a rule are shown.
MOST_INPUTS = 6
# Engines accept at most this many columns in a select.
COLUMNS_AT_ONCE = 1000
SIDES = ("gte", "gt", "lte", "lt")
# Marks a rule whose clauses were shown earlier.
SHOWN_ABOVE = ", as above"


@dataclass(frozen=True)
class MemberRequest:
    """The member to evaluate: the key as written, in a relation after the steps `before` it.

    `as_of` is the naive UTC instant of the steps' boundaries, None for a table. `money` has the currency of monetary
    features by name.
    """

    entity: str
    member: str
    relation: str
    before: str = ""
    as_of: datetime | None = None
    money: Mapping[str, str] = field(default_factory=dict)


def of_last_run(plan: Plan, entity: str, member: str) -> MemberRequest:
    """A member in the features of the last run."""
    return MemberRequest(entity, member, f"{{{{ ref('{tables_of(entity)['looked_at']}') }}}}", money=money_of(plan))


def as_of(plan: Plan, entity: str, member: str, instant: datetime) -> MemberRequest:
    """A member as of a naive UTC instant, from today's data. `plan` holds the features needed."""
    steps = f"{features_steps(plan, member).rstrip()},\n\n"
    return MemberRequest(entity, member, features_step(entity), steps, instant, money_of(plan))


def money_of(plan: Plan) -> dict[str, str]:
    """The currency of features that aggregate the revenue's amounts, by feature."""
    revenue, currency = plan.revenue, plan.catalog.currency
    if revenue is None or not currency:
        return {}
    amounts = (revenue.scan.model, revenue.column)
    aggregates = (
        feature
        for feature in (*plan.features, *plan.held)
        if isinstance(feature, Aggregate) and feature.type == "number"
    )
    return {aggregate.name: currency for aggregate in aggregates if (aggregate.scan.model, aggregate.column) == amounts}


@dataclass(frozen=True)
class Clause:
    """A clause of the rule: its words, whether it holds, its value (for a test) and its parts.

    `gap` is the distance of a numeric value from its threshold. `inputs` are the features behind the value, by name.
    A rule that is referenced several times has its parts at the first reference.
    """

    kind: str
    text: str
    holds: bool
    mark: Mark
    value: object = None
    parts: "tuple[Clause, ...]" = field(default_factory=tuple)
    inputs: dict[str, object] = field(default_factory=dict)
    gap: str = ""


def evaluated(warehouse: Warehouse, predicate: Predicate, request: MemberRequest) -> Clause | None:
    """The rule's clauses for one member, or None if there is no such member. Raises Failure."""
    parts = list(_each(predicate))
    columns = [f"{predicate_sql(part)} as holds_{number}" for number, part in enumerate(parts)]
    tests = [part for part in parts if isinstance(part, Test)]
    shown = {feature.name for test in tests for feature in (test.feature, *_shown_inputs(test))}
    columns += [f"features.{name} as {_value(name)}" for name in sorted(shown)]
    earlier_steps = referred_steps([predicate], "own")
    last = earlier_steps[-1].name if earlier_steps else "own"
    steps = "".join(
        ",\n" + render_query("why/rule_step", name=s.name, columns=",\n        ".join(s.columns), before=s.before)
        for s in earlier_steps
    )
    names = {"key": f"{request.entity}_id", "customer": sql_text(request.member), "steps": steps, "last": last}
    names |= {"before": request.before, "relation": request.relation}
    row: Row = {}
    for first in range(0, len(columns), COLUMNS_AT_ONCE):
        answers_sql = ",\n    ".join(columns[first : first + COLUMNS_AT_ONCE])
        rows = warehouse.query(render_query("why/clauses", answers=answers_sql, **names), request.as_of)
        if not rows:
            return None
        row |= rows[0]
    holds = {id(part): bool(row[f"holds_{number}"]) for number, part in enumerate(parts)}
    return _Clauses(row, holds, request.money).of(predicate)


def _each(predicate: Predicate) -> Iterator[Predicate]:
    """The predicate and all of its parts, once each."""
    seen: set[int] = set()
    waiting = [predicate]
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        if isinstance(part, Reference):
            waiting.append(part.predicate)
        elif not isinstance(part, Test):
            waiting += part.parts


def _shown_inputs(test: Test) -> tuple[Feature, ...]:
    """The inputs to show for a test whose value alone says little."""
    return test.feature.needs[:MOST_INPUTS] if not test.criteria else ()


def _value(name: str) -> str:
    return f"v_{name}"[:63]


class _Clauses:
    """The clauses of a rule from the answers of the warehouse. Shows a repeated reference once."""

    def __init__(self, row: Row, holds: dict[int, bool], money: Mapping[str, str]) -> None:
        self.row, self.holds, self.money = row, holds, money
        self.described: set[int] = set()

    def of(self, predicate: Predicate, closed: bool = False) -> Clause:
        """The clause of a part, without parts of its own if it is `closed`."""
        holds, mark = self.holds[id(predicate)], predicate.mark
        if isinstance(predicate, Test):
            value = self.row[_value(predicate.feature.name)]
            inputs = {feature.name: self.row[_value(feature.name)] for feature in _shown_inputs(predicate)}
            gap_text = gap(predicate, value, self.money.get(predicate.feature.name, ""))
            return Clause("test", predicate.text, holds, mark, value, inputs=inputs, gap=gap_text)
        if isinstance(predicate, Reference):
            return self._reference(predicate, closed)
        texts = {"all": "all of", "any": "any of", "none": "none of" if len(predicate.parts) > 1 else "not"}
        # Why the member is not in another segment is a separate question.
        none = predicate.kind == "none"
        parts = () if closed else tuple(self.of(part, none and not self.holds[id(part)]) for part in predicate.parts)
        return Clause(predicate.kind, texts[predicate.kind], holds, mark, None, parts)

    def _reference(self, reference: Reference, closed: bool) -> Clause:
        rule, text = reference.predicate, reference_in_words(reference)
        parts: tuple[Clause, ...] = ()
        if not closed and id(rule) in self.described and not isinstance(rule, Test):
            text += SHOWN_ABOVE
        elif not closed:
            self.described.add(id(rule))
            parts = (self.of(rule),)
        return Clause(reference.kind, text, self.holds[id(reference)], reference.mark, None, parts)


def gap(test: Test, value: object, currency: str = "") -> str:
    """The distance of a value from a test's threshold. Empty without a threshold or a value."""
    criterion = test.criteria[0] if len(test.criteria) == 1 else None
    number = criterion.operands[0] if criterion and criterion.operator in SIDES else None
    if not isinstance(number, Decimal) or value is None or isinstance(value, bool):
        return ""
    assert criterion is not None
    amount, at_least = Decimal(str(value)), criterion.operator in ("gte", "gt")
    distance = amount - number if at_least else number - amount
    distance_text = amount_of(abs(distance), currency) if currency else f"{abs(distance).normalize():,f}"
    if not distance:
        return "just there"
    return f"{distance_text} to spare" if distance > 0 else f"{distance_text} {'short' if at_least else 'too much'}"


def deciding(clause: Clause) -> list[Clause]:
    """The tests and closed rules that would each alone change the answer."""
    return [leaf for leaf in _leaves(clause) if _holds(clause, leaf) != clause.holds]


def _leaves(clause: Clause) -> Iterator[Clause]:
    if not clause.parts:
        yield clause
    for part in clause.parts:
        yield from _leaves(part)


def _holds(clause: Clause, turned: Clause) -> bool:
    """Whether a clause would hold if one test had the opposite result. Closed rules keep their result."""
    if clause is turned:
        return not clause.holds
    parts = [_holds(part, turned) for part in clause.parts]
    if not parts:
        return clause.holds
    if clause.kind == "any":
        return any(parts)
    return not any(parts) if clause.kind == "none" else all(parts)


def as_data(clause: Clause) -> dict[str, object]:
    """A clause as data for JSON."""
    data: dict[str, object] = {"kind": clause.kind, "words": clause.text, "holds": clause.holds}
    data["source"] = str(clause.mark)
    if clause.kind == "test":
        data["value"] = clause.value
        data["gap"] = clause.gap or None
    if clause.inputs:
        data["looked_at"] = clause.inputs
    if clause.parts:
        data["parts"] = [as_data(part) for part in clause.parts]
    return data
