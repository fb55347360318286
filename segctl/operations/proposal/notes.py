"""Notes on a proposed catalog, for the user of segctl init."""

from segctl.operations.proposal.catalog import ProposedCatalog
from segctl.operations.proposal.comments import advice, cast, counts
from segctl.operations.proposal.tables.names import named


def notes(proposed: ProposedCatalog) -> list[str]:
    """Paragraphs: what was chosen, what is missing, what looks wrong, and what was left out."""
    customers = proposed.customers
    chosen = f"\nCustomers: {customers.relation.reference}, with the key {customers.key}"
    if proposed.others:
        chosen += f" (other candidates: {', '.join(proposed.others)})"
    events = [f"{event.name} ({event.relation.reference}.{event.at})" for event in proposed.events]
    lines = [chosen, f"Events: {', '.join(events) or 'none; the comments in the catalog say why'}"]
    if proposed.unbuilt:
        names = ", ".join(proposed.unbuilt)
        lines.append(
            f"Not built yet: {names}. Their columns come from the documentation, and their types may be guesses."
        )
    return lines + _midnights(proposed) + _joins(proposed) + _left_out(proposed)


def _midnights(proposed: ProposedCatalog) -> list[str]:
    return [
        f"Always midnight: {reference}.{column} (in {rows:,} rows). If it is a day, cast it in staging: {cast(column)}"
        for (reference, column), rows in proposed.midnights.items()
    ]


def _joins(proposed: ProposedCatalog) -> list[str]:
    return [f"{advice(join)} As {join.path}:\n\n{_indented(join.sql)}\n" for join in proposed.joins]


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def _left_out(proposed: ProposedCatalog) -> list[str]:
    lines = []
    if proposed.beyond:
        names = named([event.relation.reference for event in proposed.beyond])
        lines.append(f"Left out, since {len(proposed.events)} events are enough to start with: {names}")
    if proposed.reasons:
        lines.append(f"Not events: {named(list(proposed.reasons))}; the comments in the catalog say why")
    if proposed.unread:
        lines.append(f"Not read, because there are models: {counts(proposed)}")
    parts = [(proposed.customers.relation, proposed.attributes.left_out)]
    parts += [(event.relation, event.left_out) for event in proposed.events]
    columns = [relation.reference for relation, left_out in parts if left_out]
    if columns:
        lines.append(f"Columns are left out of {named(columns)}; the comments in the catalog say which, and why")
    return lines
