"""Parses a file of segments. Does not check whether references exist."""

from collections.abc import Callable
from typing import Any

import yaml

from segctl.errors import Report
from segctl.language.names import as_name, column_fault, name_fault
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import SEGMENT_GUARD_KEYS, DefinitionFile, Scalar, Segment
from segctl.parse.document import document
from segctl.parse.guards import segment_guard
from segctl.parse.membership import group_priority, parse_limit, parse_memory
from segctl.parse.shares import segment_share, used_by
from segctl.rules import COMBINATORS, RULE_TYPES, parse_rule

KEYS = (
    *("name", "rule", "extends", "label", "description", "owner", "tags", "enabled"),
    *("group", "priority", "limit", "keep_while", "min_stay", "cool_down", "guard", "formerly"),
    *("share", "used_by"),
)
RULE_HINTS = {key: f"write it in the rule: rule: {{{key}: …}}" for key in (*RULE_TYPES, *COMBINATORS)}
RULE_HINTS |= {limit: f"write it in the guard: guard: {{{limit}: …}}" for limit in SEGMENT_GUARD_KEYS}
RULE_HINTS["entity"] = "put it at the top of a separate file, before segments:"
# The name of a draft without a name, and of its model.
DRAFT = "draft"
# Columns of segment models besides one per segment.
TAKEN = ("customer_id", "changed_at", "segment")


def parse_definitions(path: str, content: bytes, report: Report) -> DefinitionFile:
    """A definition file. `path` is relative to the project. Problems go to the report."""
    reader = Reader(path, report)
    stem = path.rpartition("/")[2].rpartition(".")[0]
    node = document(content, reader)
    if node is None:
        return DefinitionFile(path, stem)
    wrong = name_fault(stem)
    if wrong:
        hint = f"for example {as_name(stem)}.yml; the model is called members_{as_name(stem)}"
        reader.problem(node, "bad-name", f'the file name "{stem}" {wrong}', hint)
    return _file(path, stem, node, reader)


def parse_draft(path: str, content: bytes, report: Report) -> DefinitionFile:
    """Like `parse_definitions`, but accepts one segment or a rule too. Without a name it is called `draft`.

    `path` is its name in messages.
    """
    reader = Reader(path, report)
    node = document(content, reader)
    return DefinitionFile(path, DRAFT) if node is None else _file(path, DRAFT, _wrapped(node), reader)


def _wrapped(node: yaml.Node) -> yaml.Node:
    """A draft wrapped as the root of a definition file. The wrapper has the place of the draft."""
    keys = [key.value for key, _ in node.value] if isinstance(node, yaml.MappingNode) else ["segments"]
    if "segments" in keys or "version" in keys:
        return node
    marks = (node.start_mark, node.end_mark)

    def word(text: str) -> yaml.ScalarNode:
        return yaml.ScalarNode("tag:yaml.org,2002:str", text, *marks)

    def mapping(entries: list[tuple[yaml.Node, yaml.Node]]) -> yaml.MappingNode:
        return yaml.MappingNode("tag:yaml.org,2002:map", entries, *marks)

    entries = list(node.value) if {"rule", "extends"} & set(keys) else [(word("rule"), node)]
    if "name" not in keys:
        entries.insert(0, (word("name"), word(DRAFT)))
    segments = yaml.SequenceNode("tag:yaml.org,2002:seq", [mapping(entries)], *marks)
    return mapping([(word("version"), word("1")), (word("segments"), segments)])


def _file(path: str, stem: str, node: yaml.Node, reader: Reader) -> DefinitionFile:
    report = reader.report
    entries = reader.mapping(node, "a definition file", ("version", "entity", "segments"), ("version", "segments"))
    entity = reader.scalar(entries["entity"].value, "entity") if "entity" in entries else None
    check_version(entries["version"].value, reader) if "version" in entries else None
    items = reader.sequence(entries["segments"].value, "segments") if "segments" in entries else []
    if "segments" in entries and isinstance(entries["segments"].value, yaml.SequenceNode) and not items:
        reader.problem(entries["segments"].key.mark, "empty-list", "segments is empty", "add one, or delete the file")
    segments = tuple(segment for item in items if (segment := _segment(item, reader)))
    _check_case(items, reader)
    if "entity" in entries and entity is None:
        report.broken.update(segment.name for segment in segments)
        segments = ()
    return DefinitionFile(path, stem, entity, segments)


def _check_case(items: list[yaml.Node], reader: Reader) -> None:
    """Reports names that differ only in case, which engines do not distinguish."""
    seen: dict[str, str] = {}
    for item in items:
        for key, value in item.value if isinstance(item, yaml.MappingNode) else []:
            if key.value == "name" and isinstance(value, yaml.ScalarNode):
                first = seen.setdefault(value.value.lower(), value.value)
                if first != value.value:
                    message = f'segment names "{first}" and "{value.value}" differ only in case'
                    reader.problem(
                        value, "duplicate-name", message, "databases treat them as the same name: rename one"
                    )


def check_version(node: yaml.Node, reader: Reader) -> None:
    """Reports any version but 1."""
    scalar = reader.scalar(node, "version")
    if scalar and scalar.text != "1":
        message = f'version must be 1, found "{scalar.text}"'
        reader.problem(node, "version", message, "this program reads version 1 only")


def segment_name_fault(name: str) -> str:
    """Why a name is invalid for a segment, or the empty string."""
    if name in TAKEN:
        return "is the name of another column of the rendered model"
    return name_fault(name) or column_fault(name)


def _segment(node: yaml.Node, reader: Reader) -> Segment | None:
    required = ("name",) if isinstance(node, yaml.MappingNode) and _has_key(node, "extends") else ("name", "rule")
    entries = reader.only(reader.entries(node, "a segment"), "a segment", KEYS, RULE_HINTS)
    for key in required if isinstance(node, yaml.MappingNode) else ():
        if key not in entries:
            hint = "add name: …" if key == "name" else "add rule: {…}, or extends: <segment>"
            reader.problem(node, "missing-key", f'a segment has no "{key}"', hint)
    if "name" not in entries:
        if "rule" in entries:
            parse_rule(entries["rule"].value, reader)
        return None
    name = reader.named(entries["name"].value, "segment name", segment_name_fault)
    rule = parse_rule(entries["rule"].value, reader) if "rule" in entries else None
    extends = reader.scalar(entries["extends"].value, "extends") if "extends" in entries else None
    settings = {**_presentation(entries, reader), **_membership_settings(entries, reader)}
    settings |= {"share": segment_share(entries, name, reader), "used_by": used_by(entries, reader)}
    if not name:
        return None
    if (rule is None and "rule" in entries) or (rule is None and extends is None):
        reader.report.broken.add(name)
        return None
    return Segment(name=name, rule=rule, mark=reader.mark(entries["name"].value), extends=extends, **settings)


def _presentation(entries: dict[str, Entry], reader: Reader) -> dict[str, Any]:
    """The texts for people, and whether it is enabled, by field of Segment."""
    read: dict[str, Any] = {
        key: reader.text(entries[key].value, key) if key in entries else "" for key in ("label", "description", "owner")
    }
    read["tags"] = reader.texts(entries["tags"].value, "tags") if "tags" in entries else ()
    read["enabled"] = (reader.flag(entries["enabled"].value, "enabled") if "enabled" in entries else True) is not False
    return read


def _membership_settings(entries: dict[str, Entry], reader: Reader) -> dict[str, Any]:
    """Group, limit, memory, guard and former name, by field of Segment."""
    return {
        "priority": group_priority(entries, reader),
        "limit": parse_limit(entries, reader),
        "memory": parse_memory(entries, reader),
        "guard": segment_guard(entries, reader),
        "group": _name(entries, "group", "group name", name_fault, reader),
        "formerly": _name(entries, "formerly", "former name", segment_name_fault, reader),
    }


def _name(entries: dict[str, Entry], key: str, what: str, fault: Callable[[str], str], reader: Reader) -> Scalar | None:
    """The name given for a key. None without one or after a problem."""
    scalar = reader.scalar(entries[key].value, key) if key in entries else None
    return scalar if scalar and reader.valid_name(scalar, what, fault) else None


def _has_key(node: yaml.MappingNode, key: str) -> bool:
    return any(isinstance(incomplete, yaml.ScalarNode) and incomplete.value == key for incomplete, _ in node.value)
