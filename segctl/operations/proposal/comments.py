"""Comments of the proposed catalog: what is missing, and how to add it."""

from textwrap import fill

from segctl.operations.proposal.catalog import ProposedCatalog
from segctl.operations.proposal.joins import ProposedJoin
from segctl.operations.proposal.tables.names import named

WIDTH = 118


def comment(text: str, indent: int) -> str:
    """A text as lines of a comment."""
    start = " " * indent + "# "
    options = {"break_long_words": False, "break_on_hyphens": False}
    return fill(text, WIDTH, initial_indent=start, subsequent_indent=start, **options) + "\n"  # type: ignore[arg-type]


def midnight(proposed: ProposedCatalog, reference: str, column: str, then: str, indent: int) -> str:
    """Advice for a timestamp that is always midnight, or empty.

    It cannot be declared as a date, because it is a timestamp in the warehouse.
    """
    rows = proposed.midnights.get((reference, column))
    if not rows:
        return ""
    remark = (
        f"{column} is midnight in all {rows:,} rows that were checked. As a timestamp it is an instant, which may be"
    )
    way = f"on another day in your time zone. If it is a day, cast it in staging: {cast(column)}; then write {then}"
    return comment(f"{remark} {way}", indent)


def cast(column: str) -> str:
    """The column as a date, for a staging model."""
    return f"cast({column} as date) as {column}"


def joined(join: ProposedJoin, event: str) -> str:
    """A model to write, and its event as it would be in the catalog."""
    head = f"{advice(join)} Save this as {join.path} and build it:"
    text = comment(head, 2) + "  #\n" + _indented(join.sql, "  #     ") + "  #\n"
    text += "  # Then it is an event like the others:\n" + _indented(event.replace("\n  ", "\n").strip(), "  # ")
    return f"\n{text}"


def advice(join: ProposedJoin) -> str:
    """The note that a table lacks the customers, with advice."""
    lines, owner = join.lines.reference, join.owner.reference
    return f"{lines} has no customer column; a model that joins it to {owner} would have one."


def _indented(text: str, start: str) -> str:
    return "".join(f"{start}{line}\n" for line in text.splitlines())


def beyond(proposed: ProposedCatalog) -> str:
    """The events left to the user."""
    if not proposed.beyond:
        return ""
    names = named([event.relation.reference for event in proposed.beyond])
    return "\n" + comment(f"Enough to start with. These would be events, too: {names}", 2)


def reasons(proposed: ProposedCatalog) -> str:
    """The reasons why tables are not events, once each."""
    if not proposed.reasons:
        return ""
    alike: dict[str, list[str]] = {}
    for reference, reason in proposed.reasons.items():
        alike.setdefault(reason, []).append(reference)
    indent, head = (2, "Not events, judging by names and types:") if proposed.events else (0, "No events were found:")
    lines = [comment(f"- {reason}: {named(names)}", indent) for reason, names in alike.items()]
    return "\n" + comment(head, indent) + "".join(lines)


def unread(proposed: ProposedCatalog) -> str:
    """The number of tables that were skipped."""
    if not proposed.unread:
        return ""
    return comment(f"Not read, because there are models: {counts(proposed)}.", 2 if proposed.events else 0)


def counts(proposed: ProposedCatalog) -> str:
    """The skipped tables, as `3 seeds, 1 source`."""
    return ", ".join(f"{number} {kind}{'s' if number > 1 else ''}" for kind, number in proposed.unread.items())
