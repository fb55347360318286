"""Writes definitions as `meta` in yml: JSON text that YAML and Jinja read unchanged."""

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from segctl.errors.visible import visible_json
from segctl.language.literals import Duration, sql_number
from segctl.plan.plan import Plan
from segctl.plan.planned import PlannedSegment
from segctl.render.members.members import definition_text
from segctl.render.sources.inputs import segment_inputs
from segctl.render.sql.layout import WIDTH

# The prefix of the JSON, so that neither YAML nor Jinja reads it as a mapping.
PREFIX = "json:"
# The key of `meta` for the texts.
DECLARED = "declared"
META_INDENT = 8 * " "

# Delimiters of Jinja blocks. JSON never has two braces in a row.
_DELIMITER = re.compile(r"\{(?=[{%#])|(?<=[}%#])\}")
# Characters that YAML cannot hold, besides invisible ones.
_NO_CHARACTER = re.compile("[\ufffe\uffff]")
# A line's share of a text: up to a comma, up to a blank, or cut. No line ends with a blank.
_LINE = WIDTH - len(META_INDENT)
_PIECE = re.compile(
    rf".{{1,{_LINE}}}\Z|.{{0,{_LINE - 1}}},|.{{0,{_LINE - 1}}}\S(?= )|.{{0,{_LINE - 1}}}\S|.{{1,{_LINE}}}", re.DOTALL
)

Value = str | bool | list[str] | list[int | str]


def with_declared(text: str, declared: list[str]) -> str:
    """The yml of a model with texts as `meta`. The yml ends with its `config`."""
    # Written as text: PyYAML takes a second for the definitions of 500 segments.
    literal_string = f"    meta:\n      {DECLARED}:"
    return (
        f"{text}{literal_string} []\n"
        if not declared
        else "\n".join([f"{text}{literal_string}", *map(_listed, declared)]) + "\n"
    )


def _listed(text: str) -> str:
    """A text as a list item, in lines that YAML keeps unchanged."""
    return "\n".join(["      - |-", *(META_INDENT + line for line in text.split("\n"))])


def encoded(values: Mapping[str, Value]) -> str:
    """Values as text: one sorted key per line. `segctl.declared` rejoins long lines."""
    lines = [f"{json.dumps(key)}:{_safe(value)}" for key, value in sorted(values.items())]
    return "\n".join([f"{PREFIX}{{", *_cut([f"{line}," for line in lines[:-1]] + lines[-1:]), "}"])


def _safe(value: Value) -> str:
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return visible_json(_NO_CHARACTER.sub(_escape, _DELIMITER.sub(_escape, written)))


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _cut(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield from _PIECE.findall(line)


def declared_segments(plan: Plan) -> list[str]:
    """The definitions by name: the non-empty columns of declared_segments, and the dependencies."""
    return [encoded(_declared(planned, plan.catalog.timezone)) for planned in plan.segments]


def _declared(planned: PlannedSegment, timezone: str) -> dict[str, Value]:
    segment, memory, guard = planned.segment, planned.memory, planned.guard
    values: dict[str, Value] = {
        "segment": segment.name,
        "definition_hash": planned.definition_hash,
        "enabled": segment.enabled,
        "label": segment.label,
        "description": segment.description,
        "owner": segment.owner,
        "tags": ", ".join(segment.tags),
        "rule": definition_text(planned),
        "canonical_definition": planned.canonical,
        "source_file": segment.mark.file,
        "entity": planned.entity,
        "leave_if_joined_by": _ago(memory.min_stay if memory else None, timezone),
        "rejoin_if_left_by": _ago(memory.cool_down if memory else None, timezone),
        "has_memory": memory is not None,
        "formerly": segment.formerly.text if segment.formerly else "",
        "exclusive_group": segment.group.text if segment.group else "",
        "max_change": _limit(guard.max_change if guard else None),
        "min_size": _limit(guard.min_size if guard else None),
        "max_size": _limit(guard.max_size if guard else None),
        "replayable": planned.replayable,
        "changing_attributes": ", ".join(planned.changing),
        "inputs": segment_inputs(planned),
    }
    return {name: value for name, value in values.items() if value not in ("", [], False)}


def _limit(limit: Decimal | int | None) -> str:
    """A number as text, since readers of JSON may lose precision."""
    return "" if limit is None else sql_number(Decimal(limit))


def _ago(duration: Duration | None, timezone: str) -> list[int | str]:
    """The arguments of `segctl.ago`."""
    return [duration.count, duration.unit, timezone] if duration else []


def changed_inputs(columns: Mapping[str, str]) -> list[str]:
    """Kinds of data, each with the column of its last change."""
    return [encoded({"input_name": name, "column": column}) for name, column in columns.items()]
