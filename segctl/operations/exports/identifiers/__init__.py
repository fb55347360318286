"""Identifiers of customers in the form that each platform expects: normalised and hashed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from segctl.language.syntax import Identifiers
from segctl.operations.exports.identifiers.google import for_google
from segctl.operations.exports.identifiers.meta import for_meta
from segctl.operations.exports.identifiers.phone import check_country
from segctl.operations.exports.values import Row

# Takes the identifiers of a customer by name, without missing ones. Gives an empty text for one that is not usable.
Rule = Callable[[Mapping[str, str], str], dict[str, str]]


def as_they_are(values: Mapping[str, str], phone_country: str) -> dict[str, str]:  # noqa: ARG001
    """The identifiers, unchanged."""
    return dict(values)


RULES: Mapping[str, Rule] = {"google": for_google, "meta": for_meta, "plain": as_they_are}

__all__ = ["RULES", "Rule", "check_identifiers", "identified"]


def check_identifiers(hashed: str, declared: Identifiers) -> None:
    """Raises Failure if national phone numbers have to be read, but cannot be read here."""
    if hashed in ("google", "meta") and declared.phone_country:
        check_country(declared.phone_country)


def identified(rows: Iterable[Row], names: Sequence[str], hashed: str, phone_country: str) -> Iterator[Row]:
    """The rows with identifiers in a platform's form. `names` are the identifiers of the columns, empty for others."""
    rule = RULES[hashed]
    places = [(place, name) for place, name in enumerate(names) if name]
    for row in rows:
        by_name = rule({name: str(row[place]) for place, name in places if row[place] is not None}, phone_country)
        values = list(row)
        for place, name in places:
            values[place] = by_name.get(name) or None
        yield tuple(values)
