"""Formats numbers and dates for the table that works without JavaScript. `format.js` formats them the same way."""

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite

from segctl.operations.report.contents import Count, Number

UNKNOWN = "\u2013"
MINUS = "\u2212"
# The count of a small group, or one that would reveal it.
WITHHELD = "withheld"
# The causes of a change in the reader's words. Other causes are shown unchanged.
CAUSES = {
    "activity": "what they did",
    "definition": "an edited definition",
    "deleted": "deleted customers",
    "disabled": "being disabled",
    "enabled": "being enabled",
    "first_run": "the first run",
    "population": "what others did",
    "removed": "being removed",
    "time": "time passing",
}
# Symbols that English puts before an amount. Other currencies are shown by their code.
SYMBOLS = {"EUR": "€", "GBP": "£", "INR": "₹", "JPY": "¥", "KRW": "₩", "USD": "$"}
WITHOUT_CENTS = {"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF"}


def known(value: object) -> bool:
    """Whether the value is present, and not a NaN or infinity from a warehouse."""
    return value is not None and not (isinstance(value, float) and not isfinite(value))


def whole(value: Count) -> str:
    """The count with thousands separators."""
    return UNKNOWN if value is None else f"{value:,}"


def why(causes: Iterable[tuple[str, str, Count]], change: str) -> str:
    """The causes of one change in brackets, with counts unless withheld, or empty."""
    texts = [
        f"by {cause(name)}" if count is None else f"{count:,} by {cause(name)}"
        for direction, name, count in causes
        if direction == change
    ]
    return f" ({', '.join(texts)})" if texts else ""


def cause(name: str) -> str:
    """The cause in words."""
    return CAUSES.get(name, name)


def signed(value: Count) -> str:
    """The count with its sign, using a true minus sign."""
    if value is None:
        return UNKNOWN
    return f"+{value:,}" if value > 0 else f"{MINUS}{-value:,}" if value < 0 else "0"


def share(value: Number) -> str:
    """A share (0 to 1) as a percentage."""
    return f"{rounded(value * 100, 1)}%" if value is not None and isfinite(value) else UNKNOWN


def money(value: Number, currency: str) -> str:
    """The amount with its currency: whole from 1,000 up, else with cents. An unknown currency follows the amount."""
    if value is None or not isfinite(value):
        return UNKNOWN
    decimals = 0 if currency in WITHOUT_CENTS or abs(value) >= 1000 else 2
    number = rounded(abs(value), decimals)
    sign = MINUS if value < 0 and number.strip("0.,") else ""
    if currency in SYMBOLS:
        return f"{sign}{SYMBOLS[currency]}{number}"
    if is_code(currency):
        return f"{sign}{currency}\u00a0{number}"
    return f"{sign}{number} {currency}".rstrip()


def rounded(value: float, decimals: int) -> str:
    """The number with thousands separators, rounded half away from zero, as in browsers."""
    return f"{Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,f}"


def is_code(currency: str) -> bool:
    """Whether the currency looks like an ISO 4217 code, which browsers accept as one, too."""
    return len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()


def day(instant: str) -> str:
    """The date of the instant, and its time unless it is midnight."""
    if not instant:
        return UNKNOWN
    try:
        at = datetime.fromisoformat(instant)
    except ValueError:
        return instant
    date = f"{at.day} {at:%b %Y}"
    return date if (at.hour, at.minute) == (0, 0) else f"{date}, {at:%H:%M}"
