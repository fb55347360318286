"""Parses guards: limits on changes of a segment, and on missing rows of a source."""

from collections.abc import Collection
from typing import Any

import yaml

from segctl.language.amounts import CHANGE_PATTERN, share, span, whole_number
from segctl.language.literals import UNITS, Duration
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import SEGMENT_GUARD_KEYS, SOURCE_GUARD_KEYS, Guard

EXAMPLE = "guard: {max_change: 20%}"
NONE = "none"
SEGMENT_HINTS = {
    "max_loss": "write it in an event or an entity, or in the catalog's guard",
    "freshness": "write it in an event of the catalog",
}
CATALOG_HINTS = {"freshness": "write it in each event"}
SOURCE_HINTS = dict.fromkeys(SEGMENT_GUARD_KEYS, "it guards segments; sources take max_loss, and events freshness")
SOURCE_HINTS["guard"] = "write max_loss: … here, without guard"
ENTITY_HINTS = {**SOURCE_HINTS, "freshness": "only events take freshness; entities take max_loss"}


def catalog_guard(entries: dict[str, Entry], reader: Reader) -> Guard | None:
    """The default guard of segments and sources."""
    guard = _guard(entries, (*SEGMENT_GUARD_KEYS, *SOURCE_GUARD_KEYS), CATALOG_HINTS, reader)
    for limit in sorted(guard.lifted) if guard else ():
        hint = f"remove {limit}; write none in the segment, event or entity that the catalog's guard does not suit"
        reader.problem(entries["guard"].key.mark, "guard", f"{limit}: none has no effect in the catalog", hint)
    return guard


def segment_guard(entries: dict[str, Entry], reader: Reader) -> Guard | None:
    """The guard of one segment, without the catalog's defaults."""
    return _guard(entries, SEGMENT_GUARD_KEYS, SEGMENT_HINTS, reader)


def source_guard(entries: dict[str, Entry], reader: Reader) -> Guard | None:
    """The guard of an event or entity, whose limits are among its other keys."""
    given = {key: entries[key] for key in SOURCE_GUARD_KEYS if key in entries}
    return _segment_guard(given, next(iter(given.values())), reader) if given else None


def freshness(entries: dict[str, Entry], reader: Reader) -> Duration | None:
    """The maximum age of the newest event."""
    return span(entries["freshness"], reader, tuple(UNITS)) if "freshness" in entries else None


def _guard(entries: dict[str, Entry], keys: Collection[str], hints: dict[str, str], reader: Reader) -> Guard | None:
    if "guard" not in entries:
        return None
    node = entries["guard"].value
    written = reader.entries(node, "guard", EXAMPLE)
    if isinstance(node, yaml.MappingNode) and not written:
        reader.problem(node, "missing-key", "the guard is empty", f"for example {EXAMPLE}")
    return _segment_guard(reader.only(written, "guard", keys, hints), entries["guard"], reader)


def _segment_guard(entries: dict[str, Entry], place: Entry, reader: Reader) -> Guard:
    """The limits. Conflicts between them are reported at `place`."""
    read: dict[str, Any] = {}
    lifted = set()
    for key, entry in entries.items():
        if isinstance(entry.value, yaml.ScalarNode) and entry.value.value == NONE:
            lifted.add(key)
        elif key == "max_change":
            read[key] = share(entry, reader, CHANGE_PATTERN, 1000)
        elif key == "max_loss":
            read[key] = share(entry, reader)
        else:
            read[key] = whole_number(entry, reader)
    return Guard(place.key.mark, lifted=frozenset(lifted), **read)
