"""The proposed catalog as a file to read: what was found, with comments on its meaning and on what to check."""

import json
import re
from dataclasses import replace

from segctl.operations.proposal.catalog import ProposedCatalog
from segctl.operations.proposal.comments import beyond, comment, joined, midnight, reasons, unread
from segctl.operations.proposal.events import ProposedEvent
from segctl.operations.proposal.joins import ProposedJoin
from segctl.operations.proposal.tables.columns import UsableColumn
from segctl.operations.proposal.tables.money import in_cents

_REMARK_COLUMN = 44
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*( [A-Za-z0-9_-]+)*")

HEAD = """\
# What rules can use. segctl init proposed this from the project's models; now it is yours to edit.
# segctl reads nothing else from the warehouse: remove what no rule needs. segctl validate checks every line.
version: 1
timezone: UTC                               # set it, e.g. Europe/London: "the last 30 days" are days on a clock there
"""
CURRENCY = """\
# currency: EUR                             # set it, for reports
"""
ATTRIBUTES_HEAD = """\
    # Columns of a customer, as name: type. A rule says {attribute: country, eq: GB}.
    # With `values: [a, b]`, a misspelt value in a rule is a problem instead of an empty segment.
"""
EVENTS_HEAD = """
# What customers do, one row each time. A rule says {{event: {event}, times: {{gte: 2}}, within_last: 90 days}}.
events:
"""
WHERE = """\
    # Exclude rows here if they should not count for any rule:
    # where: {{{field}: {{not_in: [{value}]}}}}
"""
# Loss is judged from the second run on, and only if rows of the run before are gone: it stops no first run and no
# replay. Only people can set limits on the size of a segment or the age of the data.
GUARDS = """
# Guards stop a run that would publish nonsense, or hold a segment back: see "Guards" in docs/language.md of segctl.
# max_loss stops a run if more than this part of the rows of the last run are gone. It does not judge a first run.
guard: {max_loss: 50%}
# guard: {max_loss: 50%, max_change: 50%}   # also holds a segment back if more than half of it would change
"""
MARTS = """
# More tables for BI, each a view: see "Marts on demand" in docs/answers.md of segctl.
# marts: [{names}]
"""
FRESHNESS = """\
    # freshness: 2 days                     # stops a run if there was no event in that time: is the source loaded?
"""
UNBUILT = "    # Not in the warehouse yet: the columns come from the documentation, and their types may be guesses.\n"
METRICS_HEAD = """
# Numbers and times for every customer. A rule says {{metric: {metric}, gt: {figure}}}, or narrower:
# {{metric: {metric}, gt: {figure}, within_last: 90 days}}.
metrics:
"""


def catalog_text(proposed: ProposedCatalog) -> str:
    """The text of segments/catalog.yml."""
    parts = [HEAD]
    if proposed.revenue:
        parts.append(CURRENCY)
        remark = "the value of a member, for reports that add up a segment"
        revenue_field = next(metric.of for metric in proposed.metrics if metric.name == proposed.revenue)
        if in_cents(revenue_field):
            remark = "in cents, so reports show 100 times the amount: better divide by 100 in the model"
        parts.append(_line(f"revenue: {proposed.revenue}", remark))
    parts.append(_customers(proposed))
    if proposed.events:
        parts.append(EVENTS_HEAD.format(event=proposed.events[0].name))
        parts.append("\n".join(_event(proposed, event) for event in proposed.events))
    parts += [_join(proposed, join) for join in proposed.joins]
    parts += [beyond(proposed), reasons(proposed), unread(proposed)]
    if proposed.metrics:
        example = next(metric.name for metric in proposed.metrics if metric.aggregation in ("sum", "count"))
        parts.append(METRICS_HEAD.format(metric=example, figure=100 if example == proposed.revenue else 5))
        lines = {
            f"  {metric.name}: {{{metric.aggregation}: {metric.of}}}": metric.remark for metric in proposed.metrics
        }
        width = max(len(line) for line, remark in lines.items() if remark or len(line) < _REMARK_COLUMN)
        parts += [_line(line.ljust(width) if remark else line, remark) for line, remark in lines.items()]
    of_revenue = ["value", "concentration"] if proposed.revenue else []
    parts += [GUARDS, MARTS.format(names=", ".join(["customers", "overlap", "retention", *of_revenue]))]
    return "".join(parts)


def _line(text: str, remark: str = "") -> str:
    return f"{text.ljust(_REMARK_COLUMN - 1)} # {remark}\n" if remark else f"{text}\n"


def _customers(proposed: ProposedCatalog) -> str:
    customers = proposed.customers
    lines = ["\nentities:\n", _line("  customer:", "always customer here, whatever the name of the model")]
    others = f"or: {', '.join(proposed.others[:6])}" if proposed.others else ""
    lines.append(_line(f"    model: {customers.relation.reference}", others))
    remark = "unique and never NULL" + ("" if customers.tested else "? No dbt test says so yet; segctl run will")
    lines.append(_line(f"    key: {customers.key}", remark))
    lines += [] if customers.relation.built else [UNBUILT]
    if proposed.attributes.usable:
        lines += [ATTRIBUTES_HEAD, "    attributes:\n"]
        lines += [_declared(proposed, customers.relation.reference, usable) for usable in proposed.attributes.usable]
    lines += [comment(f"Left out: {reason}", 4) for reason in proposed.attributes.left_out]
    lines.append(_eligible(proposed))
    return "".join(lines)


def _eligible(proposed: ProposedCatalog) -> str:
    """Who may be contacted, if a column sounds like it; as a comment, because only people know what it means."""
    for column in proposed.attributes.usable:
        if column.type == "boolean" and re.search(r"consent|opt_?in|subscribed|contactable", column.name):
            rule = f"{{attribute: {column.name}, eq: true}}"
            head = "    # Who may be contacted; shown next to membership, never limits it:\n"
            return f"{head}    # eligible: {rule}\n"
    return ""


def _event(proposed: ProposedCatalog, event: ProposedEvent) -> str:
    first = event is proposed.events[0] if proposed.events else False
    reference = event.relation.reference
    same = f"or: {', '.join(event.same)}" if event.same else ""
    lines = [f"  {event.name}:\n", _line(f"    model: {reference}", same)]
    lines += [] if event.relation.built else [UNBUILT]
    lines += [f"    key: {event.key}\n"] if event.key else []
    lines.append(_line(f"    customer: {event.customer}", "the column with the customer's key" if first else ""))
    at = event.at if event.at_type == "timestamp" else f"{{column: {event.at}, type: {event.at_type}}}"
    lines.append(_line(f"    at: {at}", event.uncertainty or ("when it happened" if first else "")))
    lines.append(midnight(proposed, reference, event.at, f"at: {{column: {event.at}, type: date}}", 4))
    if event.recorded_at:
        lines.append(_line(f"    # recorded_at: {event.recorded_at}", "if it says when the warehouse learned of a row"))
    if event.fields:
        lines.append("    fields:\n")
        lines += [_declared(proposed, reference, column) for column in event.fields]
    lines += [comment(f"Left out: {reason}", 4) for reason in event.left_out]
    return "".join(lines) + (_where(event) + FRESHNESS if first else "")


def _join(proposed: ProposedCatalog, join: ProposedJoin) -> str:
    return joined(join, _event(proposed, join.event))


def _declared(proposed: ProposedCatalog, reference: str, column: UsableColumn) -> str:
    """The line of an attribute or field, and the cast for a timestamp that is a day."""
    day = replace(column, type="date")
    midnight_comment = midnight(proposed, reference, column.column, f"{column.name}: {_column(day)}", 6)
    return _line(f"      {column.name}: {_column(column)}", column.uncertainty) + midnight_comment


def _where(event: ProposedEvent) -> str:
    """How to exclude rows, if a field sounds like it; as a comment, because only people know which rows."""
    for column in event.fields:
        if column.type == "string" and column.name.endswith(("status", "state")):
            likely = [value for value in column.values if re.search("cancel|return|refund|fail|void", value)]
            return WHERE.format(field=column.name, value=_scalar(likely[0]) if likely else "cancelled")
    return ""


def _column(column: UsableColumn) -> str:
    """The type, or a mapping with the type and more."""
    more = [f"column: {column.column}"] if column.column != column.name else []
    if column.values:
        more.append(f"values: [{', '.join(_scalar(value) for value in column.values)}]")
    return f"{{{', '.join([f'type: {column.type}', *more])}}}" if more else column.type


def _scalar(text: str) -> str:
    """A text as YAML: plain if that is safe, else in double quotes."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text)
