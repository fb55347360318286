"""Parses bytes into the YAML node of a file, and refuses YAML features that definitions do not use."""

import re

import yaml

from segctl.errors import Mark, lines_of
from segctl.language.reader import Reader

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # PyYAML without libyaml
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

__all__ = ["LARGEST_FILE", "Loader", "document"]

LARGEST_FILE = 2_000_000
# Control characters except tab, line feed and carriage return, plus U+0085, which YAML reads as a line end.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Escapes for NUL in double quotes. The prefix makes sure that the backslash itself is not escaped.
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\(?:0|x00|u0000|U00000000)")
DEEPEST_NESTING = 60


def document(content: bytes, reader: Reader) -> yaml.Node | None:
    """The root node of the file. None after problems."""
    text = _decoded(content, reader)
    if text is None:
        return None
    try:
        if not _acceptable(text, reader):
            return None
        node = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        _syntax_problem(error, text, reader)
        return None
    if node is None:
        reader.problem(Mark(reader.file, 1, 1), "empty-file", "the file is empty", "start with version: 1")
    return node


def _decoded(content: bytes, reader: Reader) -> str | None:
    if len(content) > LARGEST_FILE:
        message = f"the file has {len(content):,} bytes; at most {LARGEST_FILE:,} are read"
        reader.problem(Mark(reader.file, 1, 1), "too-large", message, "split it into several files")
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"byte 0x{content[error.start]:02x} is not UTF-8"
        reader.problem(Mark(reader.file, line, column), "not-utf-8", message, "save the file as UTF-8")
        return None
    match = CONTROL.search(text)
    if match:
        message = f"control character U+{ord(match[0]):04X}"
        reader.problem(_place(text, match.start(), reader), "control-character", message, "delete it")
        return None
    return text


def _acceptable(text: str, reader: Reader) -> bool:
    """Whether the file has no anchors, aliases, tags, deep nesting or further documents."""
    depth = documents = 0
    before = len(reader.report.problems)
    for event in yaml.parse(text, Loader=Loader):
        assert event.start_mark is not None
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                hint = "put each document into its own file"
                reader.problem(
                    Mark(reader.file, line, column), "several-documents", "a second YAML document begins here", hint
                )
                return False
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST_NESTING:
                message = f"nested more than {DEEPEST_NESTING} deep"
                reader.problem(
                    Mark(reader.file, line, column),
                    "too-deep",
                    message,
                    "make a part of it a segment and refer to that",
                )
                return False
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        _refuse_indirection(event, line, column, reader)
        _refuse_nul(event, text, reader)
    return len(reader.report.problems) == before


def _refuse_indirection(event: yaml.Event, line: int, column: int, reader: Reader) -> None:
    hint = "write it out, or make it a segment and refer to that"
    if isinstance(event, yaml.AliasEvent):
        reader.problem(Mark(reader.file, line, column), "anchor", f"alias *{event.anchor} is not allowed", hint)
    elif isinstance(event, yaml.NodeEvent) and event.anchor:
        reader.problem(Mark(reader.file, line, column), "anchor", f"anchor &{event.anchor} is not allowed", hint)
    tag = getattr(event, "tag", None)
    if tag is not None and isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
        short = tag.replace("tag:yaml.org,2002:", "!!")
        reader.problem(Mark(reader.file, line, column), "tag", f"tag {short} is not allowed", "remove it")


def _refuse_nul(event: yaml.Event, text: str, reader: Reader) -> None:
    """Refuses NUL, which no database stores and which ends a text in some."""
    if isinstance(event, yaml.ScalarEvent) and "\0" in event.value:
        start, end = (mark.index if mark else 0 for mark in (event.start_mark, event.end_mark))
        match = NUL.search(text, start, end)
        place = _place(text, match.start() if match else start, reader)
        reader.problem(place, "control-character", "control character U+0000, written as an escape", "delete it")


def _place(text: str, index: int, reader: Reader) -> Mark:
    """The place of a character."""
    lines = lines_of(f"{text[:index]}.")
    return Mark(reader.file, len(lines), len(lines[-1]))


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, reader: Reader) -> None:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.split("\n")
    here = lines[line - 1] if line <= len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        at = here.index("\t") + 1
        reader.problem(Mark(reader.file, line, at), "tab", "YAML does not allow a tab here", "indent with spaces")
        return
    what = error.problem or "cannot be read"
    hint = "check the indentation, close every bracket and quote, and quote values that contain a colon"
    unseen = next((character for character in here if not character.isprintable() and character != "\r"), "")
    hint = f"the line has an invisible character, U+{ord(unseen):04X}: replace it by a space" if unseen else hint
    reader.problem(Mark(reader.file, line, column), "yaml", f"not valid YAML: {what}", hint)
