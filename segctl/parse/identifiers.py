"""Parses the attributes with identifiers for platforms."""

import re

from segctl.language.reader import Entry, Reader
from segctl.language.syntax import IDENTIFIERS, Identifiers, Scalar

EXAMPLE = "{email: email, phone: mobile_number}"
PHONE_COUNTRY = "phone_country"
COUNTRY = re.compile(r"[A-Z]{2}\Z")


def identifiers(entry: Entry, reader: Reader) -> Identifiers:
    """The attributes by identifier, and the default country of phone numbers."""
    entries = reader.entries(entry.value, "identifiers", EXAMPLE)
    scalars: dict[str, Scalar] = {}
    for name, value in reader.only(entries, "identifiers", (*IDENTIFIERS, PHONE_COUNTRY)).items():
        attribute = reader.scalar(value.value, name) if name != PHONE_COUNTRY else None
        if attribute:
            scalars[name] = attribute
    written = entries.get(PHONE_COUNTRY)
    country = reader.scalar(written.value, PHONE_COUNTRY) if written else None
    if written and country and not COUNTRY.match(country.text):
        message = f'{PHONE_COUNTRY} "{country.text}" is not a country code'
        reader.problem(country.mark, "wrong-type", message, "two capital letters, as in ISO 3166-1: GB, DE, US")
    elif written and country and "phone" not in entries:
        message = f"{PHONE_COUNTRY} needs phone"
        reader.problem(written.key.mark, "missing-key", message, "add phone: <attribute>, or remove phone_country")
    return Identifiers(scalars, country.text if country else "")
