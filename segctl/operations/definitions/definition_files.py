"""Writes a definition as YAML text, and appends it to the `segments:` of a file."""

from collections.abc import Iterator
from typing import Any

import yaml

from segctl.errors import LINE_END, Failure
from segctl.parse.document import Loader

COMBINATORS = ("all", "any", "none")
HEADER = "# yaml-language-server: $schema=.schema/definitions.json\n"


class Unquoted(str):
    """A value written without quotes: a number, a day, a duration, a keyword."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes YAML in the style of people, without anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002
        """Writes no anchors."""
        return True


def _unquoted(dumper: yaml.SafeDumper, value: Unquoted) -> yaml.ScalarNode:
    tag = dumper.resolve(yaml.ScalarNode, str(value), (True, False))  # type: ignore[no-untyped-call]
    return dumper.represent_scalar(tag, str(value))


_Dumper.add_representer(Unquoted, _unquoted)


def in_a_line(value: object) -> str:
    """A mapping, list or text as YAML on one line."""
    dumped = yaml.dump(
        [value], Dumper=_Dumper, default_flow_style=True, width=10**9, allow_unicode=True, sort_keys=False
    ).strip()
    return dumped[1:-1]


def definition_lines(definition: dict[str, Any]) -> list[str]:
    """A definition as the lines of a list item. A compound rule has one line per condition."""
    lines = [line for key, value in definition.items() for line in _lines(key, value)]
    return [f"{'  ' if number else '- '}{line}" for number, line in enumerate(lines)]


def _lines(key: str, value: object) -> Iterator[str]:
    parts = value if key == "rule" and isinstance(value, dict) else {}
    if set(parts) & set(COMBINATORS):
        yield f"{key}:"
        yield from (f"  {line}" for line in _combination(parts))
    else:
        yield f"{key}: {in_a_line(value)}"


def _combination(rule: dict[str, Any]) -> Iterator[str]:
    ((kind, parts),) = rule.items()
    yield f"{kind}:"
    for part in parts:
        if set(part) & set(COMBINATORS):
            for number, line in enumerate(_combination(part)):
                yield f"  {'  ' if number else '- '}{line}"
        else:
            yield f"  - {in_a_line(part)}"


def new_file(lines: list[str], with_schema: bool) -> str:
    """A file of one definition."""
    listed = "".join(f"  {line}\n" for line in lines)
    return f"{HEADER if with_schema else ''}version: 1\nsegments:\n{listed}"


def appended(path: str, text: str, definition: dict[str, Any], lines: list[str]) -> str:
    """The text of a file with a definition appended to its `segments:`. Changes nothing else.

    Raises Failure if the place is not certain.
    """
    ends = "\r\n" if "\r\n" in text else "\n"
    root = yaml.compose(text, Loader=Loader)
    entries = root.value if isinstance(root, yaml.MappingNode) else []
    listed = next((value for key, value in entries if key.value == "segments"), None)
    if root and isinstance(listed, yaml.SequenceNode):
        extended = (
            _in_brackets(text, listed, definition) if listed.flow_style else _below(text, root, listed, lines, ends)
        )
        if _adds_the_definition(text, extended, definition):
            return extended
    hint = "write it into another file, or by hand:\n" + "\n".join(f"  {line}" for line in lines)
    raise Failure(f"the end of segments: in {path} is not found for certain", hint, exit_code=1)


def _in_brackets(text: str, listed: yaml.SequenceNode, definition: dict[str, Any]) -> str:
    """Appends before the closing bracket of the list."""
    at = _index(text, listed.end_mark) - 1
    comma = "" if text[:at].rstrip().endswith((",", "[")) else ", "
    return f"{text[:at]}{comma}{in_a_line(definition)}{text[at:]}"


def _below(text: str, root: yaml.Node, listed: yaml.SequenceNode, lines: list[str], ends: str) -> str:
    """Appends below the last item, or at the end of the file if no other key follows."""
    start = _index(text, listed.start_mark)
    keys = [_index(text, key.start_mark) for key, _ in root.value]
    following = [at for at in keys if at > start]
    at = _end_of_content(text, min(following)) if following else len(text)
    before, after = text[:at], text[at:]
    before += "" if before.endswith(("\n", "\r")) else ends
    apart = len(listed.value) == 1 or f"{ends}{ends}" in text[start:at].rstrip()
    blank = ends if apart and not before.endswith(ends * 2) else ""
    indent = " " * listed.start_mark.column
    return before + blank + "".join(f"{indent}{line}{ends}" for line in lines) + after


def _end_of_content(text: str, at: int) -> int:
    """The end of the last line before a place that is neither blank nor a comment."""
    starts = [0, *(match.end() for match in LINE_END.finditer(text, 0, at))]
    ends = [*starts[1:], at]
    for start, end in reversed(list(zip(starts, ends, strict=True))):
        line = text[start:end].strip()
        if line and not line.startswith("#"):
            return end
    return at


def _index(text: str, mark: yaml.Mark) -> int:
    """The offset of a mark in the text."""
    start = 0
    for _, match in zip(range(mark.line), LINE_END.finditer(text), strict=False):
        start = match.end()
    return start + mark.column


def _adds_the_definition(before: str, after: str, definition: dict[str, Any]) -> bool:
    """Whether a text equals another plus one definition."""
    try:
        was, now = (yaml.load(text, Loader=yaml.BaseLoader) for text in (before, after))
    except yaml.YAMLError:
        return False
    added = yaml.load(in_a_line(definition), Loader=yaml.BaseLoader)
    return bool({**was, "segments": [*was["segments"], added]} == now)
