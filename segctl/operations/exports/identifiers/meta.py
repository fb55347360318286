"""Identifiers for Meta: custom audiences and the Conversions API.

Follows
https://developers.facebook.com/docs/marketing-api/conversions-api/parameters/customer-information-parameters: e-mail
addresses trimmed and in lower case; phone numbers as digits with their country code; names in lower case without
punctuation, keeping accents and any script; countries as two letters in lower case; postal codes in lower case without
blanks and dashes, in the United States only the first five digits. All are hashed, also ids of the advertiser, as Meta
recommends.
"""

import re
import unicodedata
from collections.abc import Mapping

from segctl.operations.exports.identifiers.hashing import is_hashed, sha256
from segctl.operations.exports.identifiers.phone import e164

# A postal code with an extension, as used only in the United States.
EXTENDED = re.compile(r"([0-9]{5})-[0-9]{4}")


def for_meta(values: Mapping[str, str], phone_country: str) -> dict[str, str]:
    """The identifiers by name."""
    country = values.get("country", "").strip().lower()
    return {name: _one(name, value.strip(), country, phone_country) for name, value in values.items()}


def _one(name: str, value: str, country: str, phone_country: str) -> str:
    if is_hashed(value):
        return value
    lower = value.lower()
    normalized = {
        "email": lower if "@" in lower else "",
        "phone": e164(value, phone_country).removeprefix("+") if name == "phone" else "",
        "country": lower if re.fullmatch(r"[a-z]{2}", lower) else "",
        "postal_code": _postal_code(lower, country),
        "external_id": value,
    }
    return sha256(normalized[name] if name in normalized else _without_punctuation(lower))


def _postal_code(value: str, country: str) -> str:
    extended = EXTENDED.fullmatch(value)
    if extended and country in ("", "us"):
        return extended[1]
    code = re.sub(r"[\s\-\u2010-\u2015]", "", value)
    return code[:5] if country == "us" else code


def _without_punctuation(value: str) -> str:
    return "".join(character for character in value if not unicodedata.category(character).startswith("P")).strip()
