"""Proposes metrics of the events."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from segctl.operations.proposal.events import ProposedEvent
from segctl.parse.catalog import feature_name_fault

# Beyond this many events, only counts are proposed.
NAMED_IN_FULL = 3


@dataclass(frozen=True)
class ProposedMetric:
    """A metric: its name, its aggregate and argument, and a remark (may be empty)."""

    name: str
    aggregation: str
    of: str
    remark: str = ""


def metrics_of(acts: Sequence[ProposedEvent], attributes: Collection[str]) -> tuple[tuple[ProposedMetric, ...], str]:
    """The metrics, and the name of the revenue metric (may be empty)."""
    proposed: list[ProposedMetric] = []
    money = acts[0].amount if acts else None
    if money:
        of = f"{acts[0].name}.{money.name}"
        shared = set(money.name.split("_")) & set(acts[0].name.split("_"))
        field = money.name if shared else f"{acts[0].name}_{money.name}"
        proposed.append(ProposedMetric("lifetime_value", "sum", of, "total that a customer ever paid; 0 for none"))
        proposed.append(ProposedMetric(f"average_{field}", "avg", of, "missing for customers without any"))
    for event in acts:
        proposed.append(ProposedMetric(f"{event.name}_count", "count", event.name))
        if event in acts[:NAMED_IN_FULL]:
            if event is acts[0]:
                proposed.append(ProposedMetric(f"first_{event.name}_at", "first", event.name, "a time"))
            proposed.append(ProposedMetric(f"last_{event.name}_at", "last", event.name))
    taken = set(attributes)
    metrics = []
    for metric in proposed:
        # An attribute of the same name, for example in a wide customer model, keeps it.
        forms = (metric.name, f"computed_{metric.name}", f"{metric.name}_of_events")
        name = next((form for form in forms if form not in taken and not feature_name_fault(form)), "")
        if name:
            taken.add(name)
            metrics.append(ProposedMetric(name, metric.aggregation, metric.of, metric.remark))
    return tuple(metrics), metrics[0].name if money and metrics[0].aggregation == "sum" else ""
