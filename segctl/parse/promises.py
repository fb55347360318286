"""Parses promises about changes of an event's rows, which let a run read only new rows."""

import yaml

from segctl.language.amounts import span
from segctl.language.literals import Duration
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import APPEND_ONLY, PROMISE_UNITS, Column, Promise
from segctl.parse.columns import time_column

PROMISE_KEYS = ("changes", "check_every", "late_by")
CHECK_EVERY, LATE_BY = Duration(7, "day"), Duration(1, "hour")
EXAMPLES = "changes: {at: updated_at}, or with recorded_at changes: append_only"


def promise(entries: dict[str, Entry], recorded_at: Column | None, reader: Reader) -> Promise | None:
    """The promise of an event, with its `recorded_at`, if any. None without a promise, or after a problem."""
    every = span(entries["check_every"], reader, PROMISE_UNITS) if "check_every" in entries else CHECK_EVERY
    late_by = span(entries["late_by"], reader, PROMISE_UNITS) if "late_by" in entries else LATE_BY
    entry = entries.get("changes")
    if entry is None:
        for key in PROMISE_KEYS:
            if key in entries:
                message = f"{key} needs changes"
                reader.problem(entries[key].key.mark, "missing-key", message, EXAMPLES)
        return None
    append_only = isinstance(entry.value, yaml.ScalarNode)
    column = _recorded(entry, recorded_at, reader) if append_only else _changed(entry, reader)
    return Promise(append_only, column, every, late_by, entry.key.mark) if column and every and late_by else None


def _recorded(entry: Entry, recorded_at: Column | None, reader: Reader) -> Column | None:
    scalar = reader.scalar(entry.value, "changes")
    if scalar is None:
        return None
    if scalar.text != APPEND_ONLY:
        message = f'changes must be append_only or {{at: …}}, found "{scalar.text}"'
        reader.problem(entry.value, "wrong-value", message, EXAMPLES)
        return None
    if recorded_at is None:
        message = "changes: append_only needs recorded_at"
        hint = "for example recorded_at: loaded_at, the time at which the warehouse got a row"
        reader.problem(entry.value, "missing-key", message, hint)
    return recorded_at


def _changed(entry: Entry, reader: Reader) -> Column | None:
    entries = reader.only(reader.entries(entry.value, "changes", EXAMPLES), "changes", ("at",))
    if "at" not in entries and isinstance(entry.value, yaml.MappingNode):
        reader.problem(entry.value, "missing-key", 'changes has no "at"', EXAMPLES)
    return time_column("at", entries["at"].value, reader) if "at" in entries else None
