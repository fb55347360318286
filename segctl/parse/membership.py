"""Parses a segment's group, limit and memory."""

import yaml

from segctl.language.amounts import span, whole_number
from segctl.language.literals import UNITS
from segctl.language.reader import Entry, Reader
from segctl.language.synonyms import Wording
from segctl.language.syntax import Leaf, Memory
from segctl.rules import RULE_WORDING, parse_leaf, parse_rule
from segctl.rules.rank import OPEN_KEYS

MEMORY_KEYS = ("keep_while", "min_stay", "cool_down")
LIMIT_HINTS = {"among": "a limit ranks the customers that the rule lets in: put the condition in the rule"}
WORDING = Wording(synonyms=RULE_WORDING.synonyms)
CALENDAR_UNITS = tuple(UNITS)


def group_priority(entries: dict[str, Entry], reader: Reader) -> int:
    """The priority within the group. Group and priority need each other."""
    if "priority" in entries and "group" not in entries:
        mark = entries["priority"].key.mark
        reader.problem(mark, "missing-key", "priority needs a group", "add group: …")
    if "group" in entries and "priority" not in entries:
        mark = entries["group"].key.mark
        reader.problem(
            mark, "missing-key", "a segment of a group needs a priority", "add priority: 1, or another number"
        )
    return (whole_number(entries["priority"], reader) or 0) if "priority" in entries else 0


def parse_limit(entries: dict[str, Entry], reader: Reader) -> Leaf | None:
    """The limit as a ranking."""
    if "limit" not in entries:
        return None
    example = "limit: {rank: lifetime_value, top: 100}"
    node = entries["limit"].value
    given = reader.only(
        reader.entries(node, "limit", example), "limit", ("rank", *OPEN_KEYS), LIMIT_HINTS, RULE_WORDING
    )
    if isinstance(node, yaml.MappingNode) and "rank" not in given:
        reader.problem(node, "missing-key", 'limit has no "rank"', f"for example {example}")
    return parse_leaf(given["rank"], given, reader) if "rank" in given else None


def parse_memory(entries: dict[str, Entry], reader: Reader) -> Memory | None:
    """The memory settings: what lets members stay, or keeps them from coming back. None without any."""
    kept = [key for key in entries if key in MEMORY_KEYS]
    if not kept:
        return None
    for key in ("limit", "group"):
        if key in entries:
            message = f"{kept[0]} and {key} cannot be in one segment"
            hint = f"memory would break what {key} promises; put it on another segment that extends this one"
            reader.problem(entries[kept[0]].key.mark, "conflicting-keys", message, hint)
    keep = parse_rule(entries["keep_while"].value, reader) if "keep_while" in entries else None
    spans = {
        key: span(entries[key], reader, CALENDAR_UNITS) if key in entries else None for key in ("min_stay", "cool_down")
    }
    return Memory(keep, spans["min_stay"], spans["cool_down"])
