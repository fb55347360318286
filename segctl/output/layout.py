"""Consoles, tables, and values formatted for people."""

import json
import re
import sys
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from segctl.errors.visible import in_a_line, visible, visible_json
from segctl.operations.runs.instants import as_local
from segctl.output.tables import Table, table
from segctl.process.streams import is_quiet, styled, takes_all_characters

if TYPE_CHECKING:
    from segctl.warehouse import Row

__all__ = ["Table", "table"]
__all__ += ["amount", "console", "counted", "dumped", "indented", "label", "money", "share", "shown"]
__all__ += ["gained", "lost", "note", "with_amounts"]

PIPED_WIDTH = 200
AMOUNTS = ("member_revenue", "total_revenue")


class VisibleConsole(Console):
    """A console that escapes control characters in data before it measures and styles a text."""

    def render_str(self, text: str, **options: Any) -> Text:  # noqa: ANN401
        """The text, escaped and styled by rich."""
        return super().render_str(visible(text), **options)

    def print(self, *objects: Any, **options: Any) -> None:  # noqa: ANN401
        """Prints like rich, but never cuts off a table on the right."""
        whole = {"crop": False} if any(isinstance(item, Table) for item in objects) else {}
        super().print(*objects, **(whole | options))


def console(stderr: bool = False) -> Console:
    """A console as wide as the terminal. When piped, wide enough for one line per row."""
    out = styled(sys.stderr if stderr else sys.stdout)
    visible_console = VisibleConsole(file=out, highlight=False, emoji=False)
    return (
        visible_console
        if visible_console.is_terminal
        else VisibleConsole(file=out, highlight=False, emoji=False, width=PIPED_WIDTH)
    )


def note(text: str) -> None:
    """Prints a side note to standard error, unless it is empty or --quiet is on."""
    if text and not is_quiet():
        console(stderr=True).print(escape(text), style="yellow", soft_wrap=True)


def label(text: str) -> str:
    """A label on one line with its markup escaped, for a table or a heading."""
    return escape(in_a_line(re.sub(r"\s*\n\s*", " ", text.strip())))


def indented(text: str, indent: int) -> str:
    """A text with all lines after the first indented, so that none can pass for output of ours."""
    return text.strip("\n").replace("\n", "\n" + " " * indent)


def counted(number: int, thing: str) -> str:
    """A count with its noun in the singular or plural."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def gained(count: int) -> str:
    """The number of joins in the colour of joins. 0 has no colour."""
    return f"[green]+{count:,}[/green]" if count else "0"


def lost(count: int) -> str:
    """The number of leaves in the colour of leaves. 0 has no colour."""
    return f"[red]-{count:,}[/red]" if count else "0"


def money(amount: Decimal | None) -> str:
    """An amount with two decimals, or an empty text for None."""
    return "" if amount is None else f"{amount:,.2f}"


def share(share: Decimal | None) -> str:
    """A share from 0 to 1 as a percentage, or an empty text for None."""
    return "" if share is None else f"{share:.1%}"


def shown(value: object, timezone: str) -> str:
    """A value from the warehouse. Instants are naive UTC and shown in local time."""
    if value is None:
        return "missing"
    if isinstance(value, datetime):
        return as_local(value, timezone)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value).lower() if isinstance(value, bool) else in_a_line(str(value))


def amount(value: Decimal | int | None) -> str | None:
    """A decimal number as JSON text: exact, without trailing zeros."""
    return None if value is None else f"{Decimal(value).normalize():f}"


def with_amounts(row: "Row") -> "Row":
    """A row of a run and segment as JSON. Revenue is a text, whatever type the engine gives it."""
    return {name: amount(value) if name in AMOUNTS else value for name, value in row.items()}


def dumped(data: object) -> str:
    """Prints JSON: instants in ISO 8601 with `Z`, decimal numbers as in `amount`."""
    ascii_only = not takes_all_characters(sys.stdout)
    return visible_json(json.dumps(data, indent=2, ensure_ascii=ascii_only, default=_json))


def _json(value: object) -> object:
    if isinstance(value, datetime):
        return f"{(value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None).isoformat()}Z"
    if isinstance(value, Decimal):
        return amount(value)
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if isoformat else str(value)
