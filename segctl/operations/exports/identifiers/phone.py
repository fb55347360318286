"""Phone numbers in E.164: + and up to fifteen digits that begin with the country code.

A number without a country code belongs to the catalog's `phone_country`. Without that it is left out, because a wrong
number would match another person.
"""

import re

from segctl.errors import Failure

# Digits and what may separate them. Letters are extensions or words, which have no place in E.164.
WRITTEN = re.compile(r"[0-9\s().\-/\u2010-\u2015]+")
INTERNATIONAL = re.compile(r"(?:\+|00)(?P<number>.+)", re.DOTALL)
# The zero that is dialled only within the country, like in +44 (0)20 7946 0000.
TRUNK = re.compile(r"\(\s*0\s*\)")
E164 = re.compile(r"[1-9][0-9]{6,14}")


def e164(text: str, country: str) -> str:
    """The number in E.164, empty if it is unclear. `country` is a code of ISO 3166-1, or empty."""
    international = INTERNATIONAL.fullmatch(text.strip())
    if not international:
        return _national(text, country) if country else ""
    number = TRUNK.sub("", international["number"])
    digits = re.sub(r"[^0-9]", "", number)
    return f"+{digits}" if WRITTEN.fullmatch(number) and E164.fullmatch(digits) else ""


def check_country(country: str) -> None:
    """Raises Failure if national numbers of a country cannot be read here."""
    try:
        import phonenumbers
    except ImportError as error:
        hint = "install it with segctl: pip install 'segctl[phones]'; or leave phone_country out of the catalog"
        message = "phone_country needs the package phonenumbers, which is not installed"
        raise Failure(message, hint, exit_code=2) from error
    if country not in phonenumbers.SUPPORTED_REGIONS:
        hint = "a code of ISO 3166-1, like GB, DE or US"
        raise Failure(f"unknown country for phone numbers: {country}", hint, exit_code=2)


def _national(text: str, country: str) -> str:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return ""
    if number.extension or not phonenumbers.is_possible_number(number):
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
