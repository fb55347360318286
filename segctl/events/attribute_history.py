"""An attribute from its history: the value at the run's instant."""

from segctl.conditions.sql import AS_OF, Boundary, day_begun
from segctl.features import ANSWER, OWN, Inputs, Read, Select, Staleness, Stepped, Steps
from segctl.features.scope import Scope
from segctl.language.names import import_name
from segctl.language.syntax import Column, ValueHistory


def value_then(attribute: Column, history: ValueHistory, scope: Scope) -> Stepped:
    """The value of the latest valid row. Of rows that began together, the smallest value."""
    customer, value, begins = history.customer.lower(), history.column.lower(), history.begins.column.lower()
    conditions = [f"{begins} <= {{{{ {_now(history.begins, scope).variable} }}}}"]
    if history.ends:
        ends = history.ends.column.lower()
        conditions.append(f"({ends} is null or {ends} > {{{{ {_now(history.ends, scope).variable} }}}})")
    holding = Select(
        columns=(
            (customer, "customer_id"),
            (value, "field_value"),
            (begins, "began_at"),
            (f"max({begins}) over (partition by {customer})", "last_began_at"),
        ),
        relation=import_name(history.model),
        conditions=tuple(conditions),
    )
    select = Select(
        columns=(("customer_id", "customer_id"), (_least(attribute), ANSWER)),
        relation=f"{OWN}__holding",
        conditions=("began_at = last_began_at",),
        group_by=("customer_id",),
    )
    times = [history.begins, *([history.ends] if history.ends else [])]
    return Stepped(
        name=attribute.name,
        type=attribute.type,
        canonical=("attribute", history.model, customer, value, attribute.type, *_columns_and_types(times)),
        description=attribute.description,
        steps=Steps(
            selects=(("holding", holding), ("step", select)),
            reads=(
                Read(history.model, customer, "string"),
                Read(history.model, value, attribute.type),
                *(Read(history.model, time.column.lower(), time.type) for time in times),
            ),
        ),
        inputs=Inputs(attribute=True),
        staleness=Staleness(frozenset(_now(time, scope) for time in times)),
    )


def _now(time: Column, scope: Scope) -> Boundary:
    """The boundary for times: the run's instant, or the last local day that began before it."""
    return day_begun(scope.timezone) if time.type == "date" else AS_OF


def _least(attribute: Column) -> str:
    if attribute.type == "string":
        return "{{ segctl.least_text('field_value') }}"
    # Not every engine has min() of booleans. False is less than true.
    return "{{ segctl.all_true('field_value') }}" if attribute.type == "boolean" else "min(field_value)"


def _columns_and_types(times: list[Column]) -> tuple[str, ...]:
    return tuple(part for time in times for part in (time.column.lower(), time.type))
