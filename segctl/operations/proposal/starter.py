"""Proposes first segments from a catalog: few, useful and easy to change."""

from dataclasses import dataclass

from segctl.language.syntax import TIME_TYPES, Catalog, Metric
from segctl.operations.proposal.tables.money import in_cents
from segctl.operations.proposal.tables.names import plural, with_article

HEAD = """\
# First segments, for you to change. Each is a name and a rule that is true or false for every customer. One file
# renders to one dbt model (here members_starter), so group related segments. docs/language.md of segctl has all rules.
version: 1
segments:
"""


@dataclass(frozen=True)
class _Draft:
    name: str
    label: str
    rule: tuple[str, ...]
    remark: str = ""

    @property
    def text(self) -> str:
        remarks = [f"  # {line}" for line in self.remark.splitlines()]
        head = [f"  - name: {self.name}", f"    label: {self.label}"]
        rule = [f"    rule: {self.rule[0]}".rstrip(), *(f"      {line}" for line in self.rule[1:])]
        return "\n".join([*remarks, *head, *rule]) + "\n"


def starter_text(catalog: Catalog) -> str:
    """The text of segments/starter.yml: two to four segments about the revenue event, or the first event.

    Without events, one to three about attributes. With neither, the empty string.
    """
    drafts = _about_event(catalog) if catalog.events else _about_attributes(catalog)
    taken = catalog.customer.attributes.keys() | catalog.metrics.keys()
    drafts = [draft for draft in drafts if draft.name not in taken]
    if not drafts:
        return ""
    return HEAD + "\n".join(draft.text for draft in drafts)


def _about_event(catalog: Catalog) -> list[_Draft]:
    metrics = {name: metric for name, metric in catalog.metrics.items() if isinstance(metric, Metric)}
    revenue = metrics.get(catalog.revenue.text) if catalog.revenue else None
    event = revenue.event.text if revenue else next(iter(catalog.events))
    words = event.replace("_", " ")
    several = plural(words)
    single = with_article(words)
    lapsed = ("", "all:", f"  - {{event: {event}}}", f"  - {{event: {event}, never: true, within_last: 90 days}}")
    drafts = [
        _Draft("repeat_customers", f"At least two {several}", (f"{{event: {event}, times: {{gte: 2}}}}",)),
        _Draft(
            "lapsed_90_days",
            f"Had {single} once, but none in the last 90 days",
            lapsed,
            "`all` means that every rule below it must hold; `any`, `none` and `not` exist too.",
        ),
    ]
    first = [metric for metric in metrics.values() if _is_first(metric, event)]
    if first:
        rule = f"{{metric: {first[0].name}, within_last: 30 days}}"
        drafts.append(_Draft("new_last_30_days", f"First {words} within the last 30 days", (rule,)))
    if revenue and revenue.field:
        drafts.append(_top(revenue.name, revenue.field.text))
    return drafts


def _is_first(metric: Metric, event: str) -> bool:
    return metric.aggregation == "first" and metric.event.text == event and not metric.field and not metric.where


def _top(metric: str, field: str) -> _Draft:
    figure, unit = (10000, ", in the small unit of the currency") if in_cents(field) else (100, "")
    remark = f"{figure} is a guess{unit}: set an amount that is large for your customers."
    return _Draft("top_spenders", f"Spent over {figure} altogether", (f"{{metric: {metric}, gt: {figure}}}",), remark)


def _about_attributes(catalog: Catalog) -> list[_Draft]:
    attributes = catalog.customer.attributes.values()
    drafts = []
    for attribute in attributes:
        if attribute.type in TIME_TYPES and attribute.name != "birthday":
            rule = f"{{attribute: {attribute.name}, within_last: 30 days}}"
            drafts.append(_Draft(f"{attribute.name[:30]}_last_30_days", "Within the last 30 days", (rule,)))
            break
    for attribute in attributes:
        if attribute.type == "boolean":
            rule = f"{{attribute: {attribute.name}, eq: true}}"
            label = attribute.name.replace("_", " ").capitalize()
            drafts.append(_Draft(f"{attribute.name[:40]}_true", label, (rule,)))
            break
    for attribute in list(attributes)[:1]:
        rule = f"{{attribute: {attribute.name}, is: missing}}"
        words = attribute.name.replace("_", " ")
        drafts.append(_Draft(f"without_{attribute.name[:40]}", f"Without {words}", (rule,)))
    return drafts
