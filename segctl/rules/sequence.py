"""`sequence`: first this, then that, or never that, within a time."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import yaml

from segctl.conditions.criterion import a_type
from segctl.events.aggregates import selection_text
from segctl.events.followed import Pair, followed, staleness_of
from segctl.events.selection import Selection, select
from segctl.features import ANSWERS, Inputs, Predicate, Read, Select, Stepped, Steps, Test
from segctl.features.scope import Scope
from segctl.language.amounts import span
from segctl.language.comparators import WINDOW_KEYS, read_comparisons, read_where
from segctl.language.literals import Duration
from segctl.language.names import digest, fitted
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import Comparison, Condition, Leaf, Scalar
from segctl.rules.event import DESCRIPTIONS as OF_EVENTS
from segctl.rules.event import at_least_once, read_times
from segctl.schema.parts import SCALAR, Schema, closed, comparators, duration, named, reference
from segctl.speech import Clause, Speech, joined, narrowed, noun, often, span_text, with_article

KEYS = ("same", "times", *WINDOW_KEYS)
NESTED: tuple[str, ...] = ()
DESCRIPTIONS = {
    "sequence": "First this event, then that, or never that.",
    "within": "How long after the step before, in hours, days or weeks.",
    "same": "A field that holds the same value in all steps.",
}
SYNONYMS = {
    **dict.fromkeys(("then", "steps", "funnel", "journey"), "sequence"),
}
STEP_KEYS = ("event", "where", "within", "never")
# Where misplaced keys of a step belong.
STEP_HINTS = {
    **dict.fromkeys(("times", "same"), "put it beside sequence:, for the whole sequence"),
    **dict.fromkeys(WINDOW_KEYS, "beside sequence: it limits the first step; the others have within:"),
}
MOST_STEPS = 5
UNITS = ("hour", "day", "week")


@dataclass(frozen=True)
class SequenceStep:
    """One step: an event, its maximum gap after the step before (None for the first), and whether it is `never`."""

    event: Scalar
    where: tuple[Condition, ...]
    within: Duration | None
    never: bool
    entry: Entry


@dataclass(frozen=True)
class Body:
    """The steps, their shared field, the required number of sequences, and the window of their start."""

    steps: tuple[SequenceStep, ...]
    same: Scalar | None
    times: tuple[Comparison, ...]
    window: tuple[Comparison, ...]


def parse(head: Entry, entries: Mapping[str, Entry], reader: Reader) -> Body | None:
    """Reads the leaf. Every step except the first needs `within`."""
    nodes = reader.sequence(head.value, "sequence", "sequence: [{event: cart}, {event: order, within: 1 day}]")
    if not isinstance(head.value, yaml.SequenceNode):
        return None
    if not 2 <= len(nodes) <= MOST_STEPS:
        message = f"a sequence has 2 to {MOST_STEPS} steps, found {len(nodes)}"
        hint = "remove steps" if nodes else "for example [{event: cart}, {event: order, within: 1 day}]"
        hint = "for one step, write an event rule" if len(nodes) == 1 else hint
        reader.problem(head.value, "wrong-shape", message, hint)
    steps = [_step(node, number, len(nodes), head, reader) for number, node in enumerate(nodes, start=1)]
    same = reader.scalar(entries["same"].value, "same") if "same" in entries else None
    good = tuple(step for step in steps if step)
    if len(good) < len(nodes) or not nodes:
        return None
    return Body(good, same, read_times(entries, reader), read_comparisons(entries, reader, WINDOW_KEYS))


def _step(node: yaml.Node, number: int, of: int, head: Entry, reader: Reader) -> SequenceStep | None:
    what = f"step {number} of the sequence"
    name = node.value if isinstance(node, yaml.ScalarNode) else "order"
    example = f"{{event: {name}}}" if number == 1 else f"{{event: {name}, within: 3 days}}"
    entries = reader.only(reader.entries(node, what, example), what, STEP_KEYS, STEP_HINTS)
    if isinstance(node, yaml.MappingNode) and "event" not in entries:
        reader.problem(node, "missing-key", f'{what} has no "event"', "add event: …")
    if "event" not in entries:
        return None
    if number == 1 and ("within" in entries or "never" in entries):
        key = "within" if "within" in entries else "never"
        hint = "a window beside sequence: limits when it begins" if key == "within" else "write never: on the last step"
        reader.problem(entries[key].key.mark, "step", f"the first step takes no {key}", hint)
    if number > 1 and "within" not in entries:
        message = f"{what} has no within: how long after the step before it may happen"
        reader.problem(node, "missing-key", message, "for example within: 3 days")
    event = reader.scalar(entries["event"].value, "event")
    where = read_where(entries["where"].value, reader) if "where" in entries else ()
    within = span(entries["within"], reader, UNITS) if "within" in entries else None
    never = reader.flag(entries["never"].value, "never") if "never" in entries else False
    if never and 1 < number < of:
        reader.problem(entries["never"].key.mark, "step", "only the last step takes never", "remove the steps after it")
    # After a problem, a day stands in so that the rest can be checked.
    gap = within or Duration(1, "day") if number > 1 else None
    return SequenceStep(event, where, gap, never is True, entries.get("within", head)) if event else None


def schemas() -> list[Schema]:
    """The form of the leaf."""
    first = closed({"event": named(OF_EVENTS["event"]), "where": reference("where")}, ["event"])
    within = {**duration(UNITS), "description": DESCRIPTIONS["within"]}
    never = {"enum": [True, False], "description": OF_EVENTS["never"]}
    shape = {"event": named(OF_EVENTS["event"]), "where": reference("where"), "within": within}
    between = closed({**shape, "never": {"const": False}}, ["event", "within"])
    last = closed({**shape, "never": never}, ["event", "within"])
    steps = [
        {"items": [first, *[between] * (count - 2), last], "additionalItems": False, "minItems": count}
        for count in range(2, MOST_STEPS + 1)
    ]
    listed = {"type": "array", "anyOf": steps, "description": DESCRIPTIONS["sequence"]}
    same = {**SCALAR, "description": DESCRIPTIONS["same"]}
    properties = {"sequence": listed, "same": same, "times": reference("times"), **comparators(WINDOW_KEYS)}
    return [closed(properties, ["sequence"])]


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """A test of the number of sequences. None after a problem."""
    body = leaf.body
    assert isinstance(body, Body)
    if not scope.of_customers(body.steps[0].event, "an event"):
        return None
    windows = [body.window, *[()] * (len(body.steps) - 1)]
    found = [select(s.event, s.where, window, scope) for s, window in zip(body.steps, windows, strict=True)]
    selections = [selection for selection in found if selection]
    criteria = at_least_once(body.times, scope)
    if len(selections) < len(found) or criteria is None:
        return None
    if not _hours_fit(body, selections, scope) or not _same_fits(body, selections, scope):
        return None
    feature = _count(body, selections, scope.timezone)
    often = "" if not body.times else f" ({' and '.join(c.text for c in criteria)} times)"
    return Test(feature, criteria, f"{_steps_text(body, selections)}{often}", leaf.mark)


def _hours_fit(body: Body, selections: Sequence[Selection], scope: Scope) -> bool:
    good = True
    for number, step in enumerate(body.steps[1:], start=1):
        if step.within and step.within.unit == "hour" and _by_days(selections, number):
            message = f"within {step.within} needs times of day, but one of the two steps has only a day"
            scope.report.add(step.entry.key.mark, "wrong-type", message, "write it in days or weeks")
            good = False
    return good


def _by_days(selections: Sequence[Selection], number: int) -> bool:
    """Whether a step and the one before are compared by day."""
    return "date" in (selections[number].scan.at_type, selections[number - 1].scan.at_type)


def _same_fits(body: Body, selections: Sequence[Selection], scope: Scope) -> bool:
    if body.same is None:
        return True
    types: dict[str, str] = {}
    for selection in selections:
        column = selection.event.fields.get(body.same.text)
        if column is None:
            of = f" of event {selection.event.name}"
            known = list(selection.event.fields)
            scope.report.unknown(body.same.text, body.same.mark, "field", known, of)
            return False
        types.setdefault(column.type, selection.event.name)
    if len(types) > 1 or "strings" in types:
        types_told = " and ".join(f"{a_type(kind)} in {event}" for kind, event in types.items())
        message = f"same needs a field with one type in every step, but {body.same.text} is {types_told}"
        hint = "choose a field with a single value" if "strings" in types else "give it one type in the staging models"
        scope.report.add(body.same.mark, "field-type", message, hint)
        return False
    return True


def _count(body: Body, selections: Sequence[Selection], timezone: str) -> Stepped:
    """The number of events that begin a complete sequence."""
    steps: list[tuple[str, Select]] = []
    pairs = [_pair(body, selections, number) for number in range(len(selections) - 1)]
    looked_at = _no_earlier(selections)
    steps.append((f"step_{len(selections)}", _events(body, looked_at, len(selections) - 1)))
    for number in reversed(range(len(pairs))):
        steps += followed(pairs[number], _events(body, looked_at, number), timezone)
    # Followed events of the first step are counted directly, for any gap.
    _, kept = steps.pop()
    place, *conditions = map(str, kept.conditions)
    columns_of_all = (("customer_id", "customer_id"), (ANSWERS, ANSWERS))
    counted = replace(kept, columns=columns_of_all, conditions=(place,), group_by=("customer_id",))
    reads = [read for selection in selections for read in selection.reads]
    same = body.same.text if body.same else ""
    if same:
        fields = [(s.scan.model, s.event.fields[same]) for s in selections]
        reads += [Read(model, field.column.lower(), field.type) for model, field in fields]
    gaps = tuple((str(step.within), step.never) for step in body.steps[1:])
    columns = tuple(s.event.fields[same].column.lower() if same else "" for s in selections)
    alike = tuple(a.event.name == b.event.name for a, b in itertools.pairwise(selections))
    canonical = ("sequence", gaps, columns, alike, timezone, *(selection.canonical for selection in selections))
    name = "_then_".join(step.event.text for step in body.steps)[:30].rstrip("_")
    return Stepped(
        name=fitted(f"{name}_count__{digest(repr(canonical), 8)}"),
        type="number",
        canonical=canonical,
        description=f"Number of times: {_steps_text(body, selections)}.",
        steps=Steps(
            selects=(*steps, ("counted", counted)),
            reads=tuple(reads),
            default="0",
            family=fitted(f"{name}__{digest(repr(steps), 8)}"),
            answer=f"count(case when {' and '.join(conditions)} then 1 end)",
        ),
        inputs=Inputs(scans=tuple(dict.fromkeys(selection.scan for selection in selections))),
        staleness=staleness_of(selections, pairs, timezone),
    )


def _events(body: Body, selections: Sequence[Selection], number: int) -> Select:
    """The events of one step: customer_id, happened_at (or happened_on), same_value."""
    selection = selections[number]
    columns = [(selection.customer, "customer_id"), (selection.at, "happened_at"), (selection.day, "happened_on")]
    by_days = [_by_days(selections, n) for n in (number, number + 1) if 0 < n < len(selections)]
    columns = [columns[0], *([columns[1]] if False in by_days else []), *([columns[2]] if True in by_days else [])]
    if body.same:
        columns.append((selection.event.fields[body.same.text].column.lower(), "same_value"))
    return Select(tuple(columns), selection.relation, selection.conditions)


def _pair(body: Body, selections: Sequence[Selection], number: int) -> Pair:
    """A step other than the last, and its follower."""
    step, last = body.steps[number + 1], number + 2 == len(selections)
    assert step.within is not None
    return Pair(
        number=number + 1,
        columns=tuple(name for _, name in _events(body, selections, number).columns),
        later=f"{'step' if last else 'from'}_{number + 2}",
        column="happened_on" if _by_days(selections, number + 1) else "happened_at",
        strictly=selections[number].event.name == selections[number + 1].event.name,
        same=body.same is not None,
        within=step.within,
        never=step.never,
    )


def _no_earlier(selections: Sequence[Selection]) -> list[Selection]:
    """The same without later events before the window of the first step, which cannot follow its events."""
    first, *others = selections
    if any(other.scan.at_type != first.scan.at_type for other in others):
        return list(selections)
    since = frozenset(criterion for criterion in first.window if criterion.operator in ("within_last", "after"))
    return [first, *(replace(other, window=since) for other in others)]


def _steps_text(body: Body, selections: Sequence[Selection]) -> str:
    """The steps in words, each with its conditions."""
    parts = []
    for step, selection in zip(body.steps, selections, strict=True):
        what = " ".join([step.event.text, *selection_text(selection)])
        never = "never " if step.never else ""
        parts.append(f"then {never}{what} within {step.within}" if step.within else what)
    return " ".join(parts) + (f" with the same {body.same.text}" if body.same else "")


def say(leaf: Leaf, speech: Speech) -> Clause:
    """The clause: who have done one thing, and then another."""
    body = leaf.body
    assert isinstance(body, Body)
    steps = [_said(step, body.window if number == 0 else (), speech) for number, step in enumerate(body.steps)]
    phrase = ", then ".join(steps)
    phrase += f", all with the same {body.same.text.replace('_', ' ')}" if body.same else ""
    once = Clause(f"who have {phrase}", f"who have never {phrase}")
    if not body.times:
        return once
    return joined("all", [_repeated(phrase, comparison) for comparison in body.times])


def _said(step: SequenceStep, window: tuple[Comparison, ...], speech: Speech) -> str:
    event, verb = step.event.text, speech.catalog.events[step.event.text].verb
    within = f" within {span_text(step.within)}" if step.within else ""
    which = narrowed(event, step.where, window, speech)
    if step.never:
        return f"not {verb}{which}{within}" if verb else f"had no {noun(event)}{which}{within}"
    return f"{verb}{which}{within}" if verb else f"had {with_article(noun(event))}{which}{within}"


def _repeated(phrase: str, comparison: Comparison) -> Clause:
    found = often(comparison)
    clause = Clause(f"who have, {found.times}, {phrase}", f"who have not, {found.times}, {phrase}")
    return clause.denied if found.denied else clause
