"""The inputs for finding causes: which data changed, and which data each segment depends on."""

from segctl.conditions.sql import AS_OF, day_begun
from segctl.features import (
    ATTRIBUTES,
    OTHERS,
    Scan,
    closure,
    entities_of,
    inputs_of,
    moved_by_time,
    of_attributes,
    of_others,
    scans_of,
)
from segctl.language.names import fitted
from segctl.language.syntax import CUSTOMER
from segctl.plan.plan import Plan
from segctl.plan.planned import PlannedEntity, PlannedSegment

Inputs = dict[str, list[str]]
# The prefix for inputs that time alone changes. No event or entity can have this name.
WINDOW = "window of "


def source_scans(plan: Plan) -> list[Scan]:
    """The event sources of customers' features, by name."""
    return sorted(scans_of(plan.features), key=lambda scan: scan.name)


def visible_until(scan: Scan, plan: Plan) -> str:
    """The template variable with the boundary up to which a source's events are visible."""
    return day_begun(plan.catalog.timezone).variable if scan.at_type == "date" else AS_OF.variable


def source_conditions(scan: Scan, plan: Plan) -> list[str]:
    """The condition that a row is an event, and that it has happened."""
    at = scan.at.lower()
    kinds = [kind.conditions(at) for kind in plan.kinds(scan)]
    joined = [" and ".join(kind) if len(kind) == 1 or len(kinds) == 1 else f"({' and '.join(kind)})" for kind in kinds]
    happened = f"{at} <= {{{{ {visible_until(scan, plan)} }}}}"
    return [happened, *([f"({' or '.join(joined)})"] if len(joined) > 1 else joined)]


def customer_inputs(plan: Plan) -> Inputs:
    """The columns of customer_features that show whether a kind of data changed, by kind.

    The customer's existence is the kind with the entity's name. It has no columns, and every segment depends on it.
    """
    inputs: Inputs = {scan.source: list(source_columns(scan)) for scan in source_scans(plan)}
    inputs |= {name: [key.name] for name, key in plan.belonging.items()}
    own = set(plan.features) - set(plan.belonging.values())
    inputs[ATTRIBUTES] = [feature.name for feature in plan.features if feature in own and of_attributes(feature)]
    inputs[OTHERS] = [feature.name for feature in plan.features if of_others(feature)]
    enabled = [planned for planned in plan.segments if planned.segment.enabled]
    inputs |= {name: [name.removeprefix(WINDOW)] for name in sorted(set().union(*map(_windows, enabled)))}
    return {name: columns for name, columns in inputs.items() if columns} | {CUSTOMER: []}


def by_column(inputs: Inputs) -> Inputs:
    """The same columns by the column with the time of the last change."""
    return {input_column(name): columns for name, columns in inputs.items()}


def entity_inputs(planned: PlannedEntity) -> Inputs:
    """The same for another entity: its attributes, and the aggregates of its customers."""
    columns_of_input = {
        ATTRIBUTES: [feature.name for feature in planned.attributes],
        OTHERS: [count.name for count in planned.counts],
    }
    return {name: columns for name, columns in columns_of_input.items() if columns} | {planned.name: []}


def segment_inputs(planned: PlannedSegment) -> list[str]:
    """The data that a segment depends on. Empty if it is not evaluated."""
    if not planned.segment.enabled:
        return []
    return sorted(inputs_of(planned.features) | _belongs(planned) | _windows(planned))


def _belongs(planned: PlannedSegment) -> set[str]:
    """The entities in `belongs_to` rules."""
    needed = closure(planned.features) if planned.entity == CUSTOMER else set()
    return entities_of(needed)


def _windows(planned: PlannedSegment) -> set[str]:
    """Inputs that time alone changes, for segments where other customers can move this one too."""
    needed = planned.features if planned.entity == CUSTOMER else ()
    return {f"{WINDOW}{feature.name}" for feature in moved_by_time(needed)}


def input_columns(inputs: Inputs) -> dict[str, str]:
    """The column with the time of the last change, by kind of data."""
    return {name: input_column(name) for name in inputs}


def input_column(name: str) -> str:
    """The column with the time of the last change of a kind of data."""
    window = name.startswith(WINDOW)
    return fitted(f"{name.removeprefix(WINDOW)}__moved_at" if window else f"{name}__changed_at")


def source_columns(scan: Scan) -> tuple[str, str]:
    """The columns with the number and the fingerprint of a source's events."""
    return fitted(f"{scan.source}__rows"), fitted(f"{scan.source}__data")
