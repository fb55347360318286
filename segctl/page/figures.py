"""Numbers and dates as texts for the table that needs no JavaScript; `format.js` writes the same."""

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite

from segctl.operations.report.contents import Count, Number

UNKNOWN = "\u2013"
MINUS = "\u2212"
# Of a group that is small, or from which a small one could be worked out.
UNTOLD = "not told"
# The causes of a change as a reader says them; others stand as they are.
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
# What English puts before an amount; the page names every other currency by its code.
SYMBOLS = {"EUR": "€", "GBP": "£", "INR": "₹", "JPY": "¥", "KRW": "₩", "USD": "$"}
WITHOUT_CENTS = {"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF"}


def known(value: object) -> bool:
    """Whether it is there, and no NaN or infinity of a warehouse."""
    return value is not None and not (isinstance(value, float) and not isfinite(value))


def whole(value: Count) -> str:
    """The count with thousands marked."""
    return UNKNOWN if value is None else f"{value:,}"


def why(causes: Iterable[tuple[str, str, Count]], change: str) -> str:
    """The causes of one change in brackets, each with how many where that is told; empty where there are none."""
    told = [
        f"by {cause(name)}" if count is None else f"{count:,} by {cause(name)}"
        for one, name, count in causes
        if one == change
    ]
    return f" ({', '.join(told)})" if told else ""


def cause(name: str) -> str:
    """The cause in words."""
    return CAUSES.get(name, name)


def signed(value: Count) -> str:
    """The count with its sign, by a true minus."""
    if value is None:
        return UNKNOWN
    return f"+{value:,}" if value > 0 else f"{MINUS}{-value:,}" if value < 0 else "0"


def share(value: Number) -> str:
    """A share of 0 to 1 in percent."""
    return f"{rounded(value * 100, 1)}%" if value is not None and isfinite(value) else UNKNOWN


def money(value: Number, currency: str) -> str:
    """The amount in the currency: whole from a thousand on, else with cents. An unknown currency follows the amount."""
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
    """The number with thousands marked, halves away from zero, as browsers round."""
    return f"{Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):,f}"


def is_code(currency: str) -> bool:
    """Whether it looks like an ISO 4217 code, which the browser takes for one too."""
    return len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()


def day(instant: str) -> str:
    """The instant's date, and its time unless that is midnight."""
    if not instant:
        return UNKNOWN
    try:
        at = datetime.fromisoformat(instant)
    except ValueError:
        return instant
    date = f"{at.day} {at:%b %Y}"
    return date if (at.hour, at.minute) == (0, 0) else f"{date}, {at:%H:%M}"
