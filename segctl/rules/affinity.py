"""`affinity`: the value that a customer's events have most often."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from segctl.conditions.compatible import compatible_criteria
from segctl.conditions.criterion import a_type
from segctl.events.aggregates import narrowing, selection_text
from segctl.events.selection import Selection, select
from segctl.features import ANSWER, OWN, Inputs, Predicate, Read, Select, Staleness, Stepped, Steps, Test
from segctl.features.scope import Scope
from segctl.language.amounts import SHARE_PATTERN, share
from segctl.language.comparators import COMPARATORS, WINDOW_KEYS, has_no_comparison, read_comparisons, read_where
from segctl.language.names import digest, fitted
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import Column, Comparison, Condition, Leaf, Scalar
from segctl.ranking.places import MILLION
from segctl.schema.parts import SCALAR, Schema, closed, comparators, narrowing_keys, some_of
from segctl.speech import Clause, Speech, about_value, narrowed, nouns, share_text

VALUE_COMPARATORS = tuple(
    key for key, known in COMPARATORS.items() if known.families & {"string", "number"} and key not in WINDOW_KEYS
)
KEYS = (*VALUE_COMPARATORS, *WINDOW_KEYS, "where", "min_share")
NESTED: tuple[str, ...] = ()
DESCRIPTIONS = {
    "affinity": "The value of a field that most of a customer's events hold, like order_item.category.",
    "is": "set, missing, or the value itself.",
    "min_share": "The value must hold at least this share of the events.",
}
SYNONYMS = {
    **dict.fromkeys(("favourite", "favorite", "most_often", "usually"), "affinity"),
}


@dataclass(frozen=True)
class Body:
    """The event and its field, the comparison, the filter of events, and the minimum share."""

    event: Scalar
    field: Scalar
    comparisons: tuple[Comparison, ...]
    where: tuple[Condition, ...]
    window: tuple[Comparison, ...]
    least: Decimal | None


def parse(head: Entry, entries: Mapping[str, Entry], reader: Reader) -> Body | None:
    """Reads the leaf. `is` means eq, except with set or missing."""
    of = reader.scalar(head.value, "affinity")
    if of is None:
        return None
    event, dot, field = of.text.partition(".")
    if not (event and dot and field):
        message = f'affinity takes an event and a field, found "{of.text}"'
        reader.problem(of.mark, "aggregate", message, "for example order_item.category")
        return None
    if has_no_comparison(entries, ("affinity", *KEYS), VALUE_COMPARATORS):
        hint = "add a comparator, for example eq: coffee"
        reader.problem(head.key.mark, "missing-comparator", f"{of.text} is not compared with anything", hint)
    comparisons = read_comparisons(entries, reader, VALUE_COMPARATORS)
    where = read_where(entries["where"].value, reader) if "where" in entries else ()
    window = read_comparisons(entries, reader, WINDOW_KEYS)
    least = share(entries["min_share"], reader) if "min_share" in entries else None
    as_equal = tuple(_as_equal(comparison) for comparison in comparisons)
    return Body(Scalar(event, of.mark), Scalar(field, of.mark), as_equal, where, window, least)


def _as_equal(comparison: Comparison) -> Comparison:
    presence = comparison.operator != "is" or comparison.operands[0].text in ("set", "missing")
    return comparison if presence else replace(comparison, operator="eq")


def schemas() -> list[Schema]:
    """The form of the leaf."""
    properties = {
        "affinity": {"type": "string", "pattern": r"^[^.]+\..+$", "description": DESCRIPTIONS["affinity"]},
        **comparators(VALUE_COMPARATORS),
        "is": {**SCALAR, "description": DESCRIPTIONS["is"]},
        **narrowing_keys(),
        "min_share": {"type": "string", "pattern": SHARE_PATTERN, "description": DESCRIPTIONS["min_share"]},
    }
    return [closed(properties, ["affinity"], **some_of(VALUE_COMPARATORS))]


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """A test of the most frequent value. None after a problem."""
    body = leaf.body
    assert isinstance(body, Body)
    if not scope.of_customers(body.event, "an event"):
        return None
    selection = select(body.event, body.where, body.window, scope)
    event = scope.catalog.events.get(body.event.text)
    column = event.fields.get(body.field.text) if event else None
    if event and column is None:
        of = f" of event {event.name}"
        scope.report.unknown(body.field.text, body.field.mark, "field", list(event.fields), of)
    if column and column.type not in ("string", "number"):
        message = f"affinity needs a string or a number, but {body.event.text}.{column.name} is {a_type(column.type)}"
        fitting = [field.name for field in event.fields.values() if field.type in ("string", "number")] if event else []
        scope.report.add(body.field.mark, "field-type", message, f"fields that fit: {', '.join(fitting) or 'none'}")
        return None
    if selection is None or column is None:
        return None
    criteria = compatible_criteria(body.comparisons, column.type, scope.timezone, scope.report, column.values)
    if not criteria:
        return None
    feature = _favourite(column, selection, body.least)
    of = " ".join([f"{body.event.text}.{column.name}", *selection_text(selection)])
    enough = f" (by at least {body.least}% of them)" if body.least else ""
    words = f"{of} seen most often{enough} {' and '.join(c.text for c in criteria)}"
    return Test(feature, criteria, words, leaf.mark)


def _favourite(column: Column, selection: Selection, least: Decimal | None) -> Stepped:
    """The most frequent value. Ties go to the one seen later, then to the smaller."""
    field = column.column.lower()
    customer = selection.customer
    counted = Select(
        columns=(
            (customer, "customer_id"),
            (field, "field_value"),
            ("count(*)", "occurrences"),
            (f"max({selection.at})", "last_at"),
            (f"sum(count(*)) over (partition by {customer})", "events"),
        ),
        relation=selection.relation,
        conditions=(*selection.conditions, f"{field} is not null"),
        group_by=(customer, field),
    )
    lesser = "{{ segctl.text_order('field_value') }}" if column.type == "string" else "field_value"
    order = f"order by occurrences desc, last_at desc, {lesser}"
    placed = Select(
        columns=(
            ("customer_id", "customer_id"),
            ("field_value", "field_value"),
            ("occurrences", "occurrences"),
            ("events", "events"),
            (f"row_number() over (partition by customer_id {order})", "place"),
        ),
        relation=f"{OWN}__counted",
    )
    enough = (f"occurrences * {MILLION} >= {int(least * (MILLION // 100))} * events",) if least else ()
    selected = Select(
        (("customer_id", "customer_id"), ("field_value", ANSWER)), f"{OWN}__placed", ("place = 1", *enough)
    )
    canonical = ("affinity", field, column.type, str(least and least.normalize()), *selection.canonical)
    suffix = narrowing(selection.event, selection.where, selection.window)
    name = f"{selection.event.name}_{column.name}_favourite{suffix}"
    name += f"__{digest(str(least.normalize()), 6)}" if least else ""
    share_told = f", if at least {least} % of them have it" if least else ""
    return Stepped(
        name=fitted(name),
        type=column.type,
        canonical=canonical,
        description=f"The most frequent {column.name} of {selection.event.name} events{share_told}.",
        steps=Steps(
            selects=(("counted", counted), ("placed", placed), ("step", selected)),
            reads=(*selection.reads, Read(selection.scan.model, field, column.type)),
        ),
        inputs=Inputs(scans=(selection.scan,)),
        staleness=Staleness(selection.boundaries),
    )


def say(leaf: Leaf, speech: Speech) -> Clause:
    """The clause: whose most frequent value …"""
    body = leaf.body
    assert isinstance(body, Body)
    event, field = speech.catalog.events[body.event.text], body.field.text
    least = f" (of at least {share_text(body.least)} of them)" if body.least else ""
    which = narrowed(event.name, body.where, body.window, speech)
    words = f"most frequent {field.replace('_', ' ')} of their {nouns(event.name)}{which}{least}"
    return about_value(words, event.fields[field].type, body.comparisons)
