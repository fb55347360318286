"""Parses metrics: aggregates of events, and metrics computed from two others."""

from typing import cast

import yaml

from segctl.language.comparators import WINDOW_KEYS, read_comparisons, read_where
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import AGGREGATIONS, Aggregation, Derived, Metric, Scalar
from segctl.parse.columns import description, label

OPERATIONS = ("ratio", "difference")
OF_EVENTS = ("count", "first", "last", "usual_gap")
OF_EITHER = ("first", "last")


def metric(name: Scalar, node: yaml.Node, reader: Reader) -> Metric | Derived | None:
    """A metric. None after a problem."""
    what = f"metric {name.text}"
    entries = reader.mapping(node, what, (*AGGREGATIONS, *OPERATIONS, *WINDOW_KEYS, "where", "label", "description"))
    if not isinstance(node, yaml.MappingNode):
        return None
    kinds = [key for key in entries if key in AGGREGATIONS or key in OPERATIONS]
    if len(kinds) != 1:
        given = " and ".join(kinds) or "none"
        message = f"{what} must have exactly one aggregate, found {given}"
        reader.problem(node, "aggregate", message, f"one of: {', '.join((*AGGREGATIONS, *OPERATIONS))}")
        return None
    if kinds[0] in OPERATIONS:
        return _derived(name, kinds[0], entries, reader)
    return _aggregate(name, kinds[0], entries, reader)


def _aggregate(name: Scalar, kind: str, entries: dict[str, Entry], reader: Reader) -> Metric | None:
    of = reader.scalar(entries[kind].value, kind)
    if of is None:
        return None
    event, dot, field = of.text.partition(".")
    if not event or (dot and not field):
        hint = f"for example {kind}: order" if kind in OF_EVENTS else f"for example {kind}: order.amount"
        reader.problem(of.mark, "aggregate", f'"{of.text}" is incomplete', hint)
        return None
    if kind not in OF_EITHER and (kind in OF_EVENTS) == bool(dot):
        form = "an event" if kind in OF_EVENTS else "an event and a field, like order.amount"
        hint = f"write {kind}: {event}" if kind in OF_EVENTS else f"write {kind}: {event}.<field>"
        reader.problem(of.mark, "aggregate", f'{kind} takes {form}, found "{of.text}"', hint)
        return None
    return Metric(
        name=name.text,
        aggregation=cast(Aggregation, kind),
        event=Scalar(event, of.mark),
        field=Scalar(field, of.mark) if dot else None,
        where=read_where(entries["where"].value, reader) if "where" in entries else (),
        window=read_comparisons(entries, reader, WINDOW_KEYS),
        mark=name.mark,
        description=description(entries, reader),
        label=label(entries, reader),
    )


def _derived(name: Scalar, kind: str, entries: dict[str, Entry], reader: Reader) -> Derived | None:
    for key in ("where", *WINDOW_KEYS):
        if key in entries:
            hint = "put it on the two metrics"
            reader.problem(entries[key].key.mark, "window-place", f"a {kind} takes no {key}", hint)
    example = f"{kind}: [web_orders, order_count]"
    nodes = reader.sequence(entries[kind].value, kind, example)
    for node in nodes:
        if not isinstance(node, yaml.ScalarNode):
            message = f"{kind} takes the names of two metrics"
            reader.problem(node, "wrong-shape", message, "give this one a name in the catalog, and use the name")
    read = [reader.scalar(node, f"an item of {kind}") for node in nodes if isinstance(node, yaml.ScalarNode)]
    operands = [scalar for scalar in read if scalar]
    if isinstance(entries[kind].value, yaml.SequenceNode) and len(nodes) != 2:
        message = f"{kind} must be a list of two metrics, found {len(nodes)}"
        reader.problem(entries[kind].value, "wrong-shape", message, f"for example {example}")
    if len(nodes) != 2 or len(operands) != 2:
        return None
    texts = (description(entries, reader), label(entries, reader))
    return Derived(name.text, kind, (operands[0], operands[1]), name.mark, *texts)  # type: ignore[arg-type]
