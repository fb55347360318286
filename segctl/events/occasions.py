"""Features from the order of events: the first or last value of a field, and the usual gap between days."""

from typing import NamedTuple

from segctl.events.selection import Selection
from segctl.features import ANSWER, OWN, Inputs, Read, Select, Staleness, Stepped, Steps
from segctl.language.syntax import Aggregation, ValueType


class FeatureNaming(NamedTuple):
    """The name of a feature, and its description."""

    name: str
    description: str


def edge_value(
    aggregation: Aggregation, typed: tuple[str, ValueType], selection: Selection, feature_naming: FeatureNaming
) -> Stepped:
    """The value of a field at the first or last event. Of several events at that instant, the smallest value.

    `typed` is the field's column and type.
    """
    column, value_type = typed
    edge = "min" if aggregation == "first" else "max"
    customer, at = selection.customer, selection.at
    events = Select(
        columns=(
            (customer, "customer_id"),
            (column, "field_value"),
            (at, "happened_at"),
            (f"{edge}({at}) over (partition by {customer})", "edge_at"),
        ),
        relation=selection.relation,
        conditions=selection.conditions,
    )
    least = "{{ segctl.least_text('field_value') }}" if value_type == "string" else "min(field_value)"
    select = Select(
        columns=(("customer_id", "customer_id"), (least, ANSWER)),
        relation=f"{OWN}__events",
        conditions=("happened_at = edge_at",),
        group_by=("customer_id",),
    )
    return Stepped(
        name=feature_naming.name,
        type=value_type,
        canonical=(f"{aggregation}_value", column, value_type, *selection.canonical),
        description=feature_naming.description,
        steps=Steps(
            selects=(("events", events), ("step", select)),
            reads=(*selection.reads, Read(selection.scan.model, column, value_type)),
        ),
        inputs=Inputs(scans=(selection.scan,)),
        staleness=Staleness(selection.boundaries),
    )


def usual_gap(selection: Selection, feature_naming: FeatureNaming) -> Stepped:
    """The average number of days between local days with such events. Missing for fewer than two days."""
    span = Select(
        columns=(
            ("customer_id", "customer_id"),
            ("{{ segctl.days_between('min(happened_on)', 'max(happened_on)') }}", "day_count"),
            ("count(distinct happened_on) - 1", "gap_count"),
        ),
        relation=f"{OWN}__days",
        group_by=("customer_id",),
    )
    select = Select(
        (("customer_id", "customer_id"), ("{{ segctl.ratio('day_count', 'gap_count') }}", ANSWER)), f"{OWN}__span"
    )
    return Stepped(
        name=feature_naming.name,
        type="number",
        canonical=("usual_gap", selection.timezone, *selection.canonical),
        description=f"{feature_naming.description.rstrip('.')}, in days.",
        steps=Steps((("days", days(selection)), ("span", span), ("step", select)), selection.reads),
        inputs=Inputs(scans=(selection.scan,)),
        staleness=Staleness(selection.boundaries),
    )


def days(selection: Selection) -> Select:
    """The selected events with their local day: customer_id, happened_at, happened_on."""
    return Select(
        columns=(
            (selection.customer, "customer_id"),
            (selection.at, "happened_at"),
            (selection.day, "happened_on"),
        ),
        relation=selection.relation,
        conditions=selection.conditions,
    )
