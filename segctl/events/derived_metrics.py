"""Metrics computed from two others: a ratio or a difference."""

from decimal import Decimal

from segctl.features import Computed, Feature, NoValue
from segctl.features.scope import Scope
from segctl.language.syntax import Derived


def resolve_derived(derived: Derived, scope: Scope) -> Computed | None:
    """The feature of such a metric. None after a problem. The other metrics are already resolved."""
    operands: list[Feature] = []
    for name in derived.operands:
        known = scope.catalog.metrics.get(name.text)
        if known is None:
            scope.report.unknown(name.text, name.mark, "metric", list(scope.catalog.metrics))
        elif isinstance(known, Derived):
            message = f"metric {name.text} is a {known.operation} itself"
            scope.report.add(name.mark, "field-type", message, "make it of metrics that are aggregates of events")
        elif name.text in scope.metrics and scope.metrics[name.text].type != "number":
            message = f"{derived.operation} needs numbers, but metric {name.text} is a {scope.metrics[name.text].type}"
            fitting = [known.name for known in scope.metrics.values() if known.type == "number"]
            hint = f"metrics that fit: {', '.join(fitting[:12]) or 'none'}"
            scope.report.add(name.mark, "field-type", message, hint)
        elif name.text in scope.metrics:
            operands.append(scope.metrics[name.text])
    if len(operands) < 2:
        return None
    first, second = (operand.name for operand in operands)
    sql = f"{first} - {second}"
    if derived.operation == "ratio":
        sql = f"{{{{ segctl.ratio('{first}', '{second}') }}}}"
    # Without events there is no ratio. A difference exists only between counts or sums, which are then 0.
    zero = derived.operation == "difference" and not any(operand.nullable for operand in operands)
    sign = "/" if derived.operation == "ratio" else "-"
    return Computed(
        name=derived.name,
        type="number",
        canonical=(derived.operation, operands[0].canonical, operands[1].canonical),
        sql=sql,
        needs=tuple(operands),
        description=derived.description or f"{first} {sign} {second}.",
        nullable=True,
        without_events=Decimal(0) if zero else NoValue.MISSING,
    )
