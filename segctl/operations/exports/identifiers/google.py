"""Identifiers for Google: Customer Match and the Data Manager API.

Follows https://developers.google.com/data-manager/api/devguides/concepts/formatting. Hashed are e-mail addresses (lower
case, without blanks; for gmail.com and googlemail.com without dots and without a + and what follows it), phone numbers
(E.164 with its +) and names (trimmed, lower case). Countries (two letters), postal codes and ids of the advertiser are
not hashed.
"""

import re
from collections.abc import Mapping

from segctl.operations.exports.identifiers.hashing import is_hashed, sha256
from segctl.operations.exports.identifiers.phone import e164

GMAIL = ("gmail.com", "googlemail.com")


def for_google(values: Mapping[str, str], phone_country: str) -> dict[str, str]:
    """The identifiers by name."""
    return {name: _one(name, value.strip(), phone_country) for name, value in values.items()}


def _one(name: str, value: str, phone_country: str) -> str:
    if name == "country":
        return value.upper() if re.fullmatch(r"[A-Za-z]{2}", value) else ""
    if name in ("postal_code", "external_id") or is_hashed(value):
        return value
    if name == "email":
        return sha256(email(value))
    return sha256(e164(value, phone_country) if name == "phone" else value.lower())


def email(value: str) -> str:
    """An address as Google compares it, empty if it is not an address."""
    user, _, domain = re.sub(r"\s", "", value).lower().partition("@")
    if domain in GMAIL:
        user = user.partition("+")[0].replace(".", "")
    return f"{user}@{domain}" if user and domain and "@" not in domain else ""
