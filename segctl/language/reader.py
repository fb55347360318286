"""Reads YAML nodes into plain values. Every error becomes a problem with its place, and reading continues."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import yaml

from segctl.errors import Mark, Report, quoted
from segctl.language.names import another_name
from segctl.language.synonyms import PLAIN, Wording, hint_for_word
from segctl.language.syntax import Scalar

Fault = Callable[[str], str]
Mend = Callable[[str, Fault], str]

HINTS = {
    "a mapping": "write it as key: value",
    "a list": "for example {what}: [{found}]",
}
NO_HINTS: Mapping[str, str] = MappingProxyType({})
# Comparators for several values, by the one for a single value.
PLURALS = {"eq": "in", "is": "in", "ne": "not_in", "has": "has_any"}
# What a key that is missing may hold.
EXAMPLES = {
    **{"version": "1", "model": "stg_orders", "type": "string", "event": "order"},
    **{"at": "ordered_at", "customer": "customer_id", "customers": "account_id"},
    "variants": "{control: 50%, voucher: 50%}",
}


@dataclass(frozen=True)
class Entry:
    """A key of a mapping and the node of its value."""

    key: Scalar
    value: yaml.Node


class Reader:
    """Reads the nodes of one file. `report` collects the problems."""

    def __init__(self, file: str, report: Report) -> None:
        self.file, self.report = file, report

    def mark(self, node: yaml.Node) -> Mark:
        """Where a node begins."""
        return Mark(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def problem(self, where: yaml.Node | Mark, code: str, message: str, hint: str = "") -> None:
        """Records a problem."""
        mark = where if isinstance(where, Mark) else self.mark(where)
        self.report.add(mark, code, message, hint)

    def entries(self, node: yaml.Node, what: str, example: str = "") -> dict[str, Entry]:
        """The entries of a mapping by key, in written order. Duplicate keys are problems."""
        if not isinstance(node, yaml.MappingNode):
            self._expected("a mapping", node, what, example)
            return {}
        entries: dict[str, Entry] = {}
        for key_node, value in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.problem(key_node, "wrong-shape", f"a key of {what} must be a plain word")
                continue
            key = Scalar(key_node.value, self.mark(key_node), _plain(key_node))
            if key.text in entries:
                first = entries[key.text].key.mark.line
                hint = f"the first is on line {first}; keep one of them"
                self.problem(key_node, "duplicate-key", f'{what} has the key "{key.text}" twice', hint)
                continue
            entries[key.text] = Entry(key, value)
        return entries

    def mapping(
        self,
        node: yaml.Node,
        what: str,
        known: Collection[str],
        required: Sequence[str] = (),
        hints: Mapping[str, str] = NO_HINTS,
    ) -> dict[str, Entry]:
        """Like `entries`, for known keys. Unknown and missing keys are problems, with hints by key."""
        entries = self.only(self.entries(node, what), what, known, hints)
        if isinstance(node, yaml.MappingNode):
            for key in required:
                if key not in entries:
                    self.problem(node, "missing-key", f'{what} has no "{key}"', f"add {key}: {EXAMPLES.get(key, '…')}")
        return entries

    def only(
        self,
        entries: dict[str, Entry],
        what: str,
        known: Collection[str],
        hints: Mapping[str, str] = NO_HINTS,
        wording: Wording = PLAIN,
    ) -> dict[str, Entry]:
        """The entries of known keys. Others are problems, with hints by key.

        `wording` is what people may write instead of a known key.
        """
        for key, entry in entries.items():
            if key not in known:
                hint = hints.get(key) or hint_for_word(key, list(known), "keys", entries, wording)
                self.problem(entry.key.mark, "unknown-key", f'unknown key "{key}" in {what}', hint)
        return {key: entry for key, entry in entries.items() if key in known}

    def sequence(self, node: yaml.Node, what: str, example: str = "") -> list[yaml.Node]:
        """The items of a list."""
        if not isinstance(node, yaml.SequenceNode):
            self._expected("a list", node, what, example)
            return []
        return list(node.value)

    def scalar(self, node: yaml.Node, what: str) -> Scalar | None:
        """A single value as written. An absent or null value is a problem."""
        if not isinstance(node, yaml.ScalarNode):
            self._expected("a single value", node, what)
            return None
        scalar = Scalar(node.value, self.mark(node), _plain(node))
        if scalar.plain and scalar.text in ("", "~", "null", "Null", "NULL"):
            hint = f"add a value, or remove {what}"
            if scalar.text:
                missing = "; for a missing value, write is: missing" if what in PLURALS else f", or remove {what}"
                hint = f"for the text, add quotes{missing}"
            self.problem(node, "wrong-type", f"{what} has no value", hint)
            return None
        return scalar

    def text(self, node: yaml.Node, what: str) -> str:
        """A single value as text. Empty after a problem."""
        scalar = self.scalar(node, what)
        return scalar.text if scalar else ""

    def flag(self, node: yaml.Node, what: str) -> bool | None:
        """`true` or `false`. None after a problem."""
        scalar = self.scalar(node, what)
        if scalar is None:
            return None
        if scalar.text not in ("true", "false"):
            message = f'{what} must be true or false, found "{scalar.text}"'
            self.problem(node, "wrong-type", message, f"write {what}: true or {what}: false")
            return None
        return scalar.text == "true"

    def texts(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        """A list of texts."""
        read = [self.scalar(item, f"an item of {what}") for item in self.sequence(node, what)]
        return tuple(scalar.text for scalar in read if scalar)

    def named(self, node: yaml.Node, what: str, fault: Fault, mend: Mend = another_name) -> str:
        """A name. Empty after a problem. `fault` says what is wrong with a name, `mend` how to fix it."""
        scalar = self.scalar(node, what)
        if scalar is None:
            return ""
        return scalar.text if self.valid_name(scalar, what, fault, mend) else ""

    def valid_name(self, scalar: Scalar, what: str, fault: Fault, mend: Mend = another_name) -> bool:
        """Whether the text can be a name. Records a problem if not."""
        wrong = fault(scalar.text)
        if wrong:
            self.problem(scalar.mark, "bad-name", f'{what} "{scalar.text}" {wrong}', mend(scalar.text, fault))
        return not wrong

    def _expected(self, expected: str, node: yaml.Node, what: str, example: str = "") -> None:
        kind = "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"
        key, text = what.rsplit(" ", 1)[-1], "…"
        if isinstance(node, yaml.ScalarNode):
            text = quoted(node.value) or "…"
            kind = f'"{text}"' if node.value else "nothing"
        hint = HINTS[expected].format(what=key, found=text) if expected in HINTS else _first_value(node, key)
        hint = f"for example {example}" if example else hint
        self.problem(node, "wrong-shape", f"{what} must be {expected}, found {kind}", hint)


def _first_value(node: yaml.Node, key: str) -> str:
    """A hint where a single value is expected."""
    if isinstance(node, yaml.SequenceNode) and key in PLURALS:
        return f"for several values write {PLURALS[key]}: […]; quote a text that contains brackets"
    brackets = "brackets" if isinstance(node, yaml.SequenceNode) else "braces"
    return f"write one value without {brackets}; quote a text that contains {brackets}"


def _plain(node: yaml.ScalarNode) -> bool:
    """Whether the value has no quotes. libyaml gives an empty style, PyYAML's own parser gives None."""
    return not node.style
