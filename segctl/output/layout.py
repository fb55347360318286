"""How things look: consoles, tables, and values as people read them."""

import json
from datetime import datetime
from decimal import Decimal

from rich.console import Console
from rich.table import Table

from segctl.operations.instants import as_local

PIPED_WIDTH = 200


def console(stderr: bool = False) -> Console:
    """A console as wide as the terminal, or wide enough for a line a row when piped."""
    found = Console(stderr=stderr, highlight=False, emoji=False)
    return found if found.is_terminal else Console(stderr=stderr, highlight=False, emoji=False, width=PIPED_WIDTH)


def table(*titles: str) -> Table:
    """A table with these columns; a title that begins with `>` is of numbers."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        right = title.startswith(">")
        table.add_column(title.lstrip(">"), justify="right" if right else "left", no_wrap=right)
    return table


def counted(number: int, thing: str) -> str:
    """A number of things, in the singular or plural."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def signed(sign: str, count: int) -> str:
    """A count with its sign; 0 without."""
    return f"{sign}{count:,}" if count else "0"


def money(amount: Decimal | None) -> str:
    """An amount with two places; empty without."""
    return "" if amount is None else f"{amount:,.2f}"


def share(share: Decimal | None) -> str:
    """A share of 0 to 1 as a percentage; empty without."""
    return "" if share is None else f"{share:.1%}"


def shown(value: object, timezone: str) -> str:
    """A value of the warehouse; instants are UTC without a zone and shown as local time."""
    if value is None:
        return "missing"
    if isinstance(value, datetime):
        return as_local(value, timezone)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def dumped(data: object) -> str:
    """JSON for machines: times in ISO 8601 (UTC, without a zone), decimals as texts that lose nothing."""
    return json.dumps(data, indent=2, ensure_ascii=False, default=_json)


def _json(value: object) -> str:
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if isoformat else str(value)
