"""Parses the marts that the catalog asks for, and the source of spend."""

from collections.abc import Mapping

import yaml

from segctl.language.reader import Entry, Reader
from segctl.language.synonyms import hint_for_word
from segctl.language.syntax import MARTS, Column, Costs, Scalar
from segctl.parse.columns import column_name, model, time_column

COSTS_KEYS = ("model", "day", "amount", "segment", "source", "window_days")
REQUIRED = ("model", "day", "amount")
EXAMPLE = "[value, overlap, retention]"
DEFAULT_DAYS = 90
LONGEST_DAYS = 3650


def marts(entries: Mapping[str, Entry], reader: Reader) -> tuple[Scalar, ...]:
    """The requested marts, once each. Unknown names are problems."""
    scalars: dict[str, Scalar] = {}
    nodes = reader.sequence(entries["marts"].value, "marts", EXAMPLE) if "marts" in entries else []
    for node in nodes:
        name = reader.scalar(node, "a mart")
        if name is None:
            continue
        if name.text not in MARTS:
            reader.problem(
                node, "unknown-mart", f'unknown mart "{name.text}"', hint_for_word(name.text, list(MARTS), "marts")
            )
        elif name.text in scalars:
            reader.problem(node, "duplicate-name", f"mart {name.text} is listed twice", "keep one of them")
        else:
            scalars[name.text] = name
    return tuple(scalars.values())


def costs(entries: Mapping[str, Entry], reader: Reader) -> Costs | None:
    """The source of spend. None without one, or after a problem."""
    if "costs" not in entries:
        return None
    read = _costs(entries["costs"], reader)
    if read is None:
        reader.report.broken.add("costs")
    return read


def _costs(written: Entry, reader: Reader) -> Costs | None:
    entries = reader.mapping(written.value, "costs", COSTS_KEYS, REQUIRED)
    aims = [key for key in ("segment", "source") if key in entries]
    if len(aims) != 1 and isinstance(written.value, yaml.MappingNode):
        message = f"costs need either segment or source, found {'both' if aims else 'neither'}"
        hint = "segment: the column with the segment's name; source: the column with the source's name"
        reader.problem(written.key.mark, "conflicting-keys" if aims else "missing-key", message, hint)
    days = _days(entries, reader)
    names = {
        key: column_name(entries[key].value, key, reader) for key in ("amount", "segment", "source") if key in entries
    }
    of = model(entries["model"].value, reader) if "model" in entries else ""
    day = time_column("day", entries["day"].value, reader) if "day" in entries else None
    if not (of and day and days and len(aims) == 1 and all(names.values()) and "amount" in names):
        return None
    amount = Column("amount", "number", names["amount"], reader.mark(entries["amount"].value))
    return Costs(of, day, amount, names[aims[0]], aims[0] == "segment", days, written.key.mark)


def _days(given: Mapping[str, Entry], reader: Reader) -> int | None:
    """How long after joining revenue counts. None after a problem."""
    if "window_days" not in given:
        return DEFAULT_DAYS
    scalar = reader.scalar(given["window_days"].value, "window_days")
    if scalar is None:
        return None
    if not (scalar.text.isascii() and scalar.text.isdigit() and 1 <= int(scalar.text[:5]) <= LONGEST_DAYS):
        message = f'window_days is "{scalar.text}", expected a whole number of days from 1 to {LONGEST_DAYS:,}'
        reader.problem(scalar.mark, "bad-value", message, f"for example window_days: {DEFAULT_DAYS}")
        return None
    return int(scalar.text)
