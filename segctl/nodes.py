"""Reads YAML nodes into plain values; every fault becomes a problem with its place, and reading goes on."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import yaml

from segctl.errors import Mark, Report, did_you_mean, quoted
from segctl.spec import Scalar

HINTS = {
    "a mapping": "write it as key: value",
    "a list": "for example {what}: [{found}]",
}
NO_HINTS: Mapping[str, str] = MappingProxyType({})
# What takes several values instead of one.
PLURALS = {"eq": "in", "is": "in", "ne": "not_in", "has": "has_any"}
# What people write who have not read the page yet.
SYNONYMS = {
    **dict.fromkeys(("greater", "greater_than", "above", "over", "more_than", "min_exclusive"), "gt"),
    **dict.fromkeys(("less", "less_than", "below", "under", "fewer_than"), "lt"),
    **dict.fromkeys(("at_least", "ge", "from", "minimum"), "gte"),
    **dict.fromkeys(("at_most", "le", "maximum", "up_to"), "lte"),
    **dict.fromkeys(("equals", "equal", "equal_to", "value"), "eq"),
    **dict.fromkeys(("one_of", "is_in"), "in"),
    **dict.fromkeys(("any_of", "includes_any", "contains_any"), "has_any"),
    **dict.fromkeys(("all_of", "includes_all", "contains_all"), "has_all"),
    **dict.fromkeys(("exists", "is_set"), "is"),
    **dict.fromkeys(("not_equal", "not_equals", "neq", "is_not"), "ne"),
    **dict.fromkeys(("like", "includes"), "contains"),
    **dict.fromkeys(("regex", "regexp", "pattern"), "matches"),
    **dict.fromkeys(("since", "later_than"), "after"),
    **dict.fromkeys(("until", "earlier_than"), "before"),
    **dict.fromkeys(("last", "in_last", "in_the_last", "within", "window", "during"), "within_last"),
    **dict.fromkeys(("and", "every"), "all"),
    **dict.fromkeys(("top", "bottom", "tiles", "top_share", "ntile", "percentile", "quantile", "decile"), "rank"),
    **dict.fromkeys(("partition_by", "group_by", "within_each"), "per"),
    **dict.fromkeys(("then", "steps", "funnel", "journey"), "sequence"),
    **dict.fromkeys(("favourite", "favorite", "most_often", "usually"), "affinity"),
    **dict.fromkeys(("late", "too_late"), "overdue"),
    **dict.fromkeys(("refill", "reorder", "replenish", "renewal"), "due"),
    **dict.fromkeys(("multiplier", "times_usual"), "factor"),
    **dict.fromkeys(("cycle", "lasts", "interval", "period"), "every"),
    **dict.fromkeys(("in_next", "in_the_next", "ahead"), "within_next"),
    **dict.fromkeys(("random", "split", "share"), "sample"),
    **dict.fromkeys(("seed", "key"), "salt"),
    **dict.fromkeys(("variant", "ab_test", "test"), "experiment"),
    **dict.fromkeys(("hold_out", "control_group"), "holdout"),
    **dict.fromkeys(("account", "household", "company", "member_of"), "belongs_to"),
    **dict.fromkeys(("expression", "condition"), "sql"),
    **dict.fromkeys(("parent", "inherits", "based_on"), "extends"),
    **dict.fromkeys(("waterfall", "exclusive"), "group"),
    **dict.fromkeys(("cap", "max_members"), "limit"),
    **dict.fromkeys(("stay_while", "keep_until", "leave_when"), "keep_while"),
    **dict.fromkeys(("was", "renamed_from", "old_name", "previously", "alias"), "formerly"),
    **dict.fromkeys(("thresholds", "safeguard", "alert"), "guard"),
    **dict.fromkeys(("max_delta", "max_churn", "max_move"), "max_change"),
    **dict.fromkeys(("max_drop", "max_shrink", "max_missing"), "max_loss"),
    **dict.fromkeys(("max_age", "max_delay", "stale_after"), "freshness"),
    **dict.fromkeys(("immutable", "constant", "never_changes", "unchanging"), "fixed"),
    **dict.fromkeys(("scd", "scd2", "versions", "past_values", "snapshot"), "history"),
    **dict.fromkeys(("valid_from", "begins", "starts", "effective_from"), "from"),
    **dict.fromkeys(("valid_to", "ends", "effective_to"), "to"),
    **dict.fromkeys(("quotient", "divide"), "ratio"),
    **dict.fromkeys(("minus", "subtract"), "difference"),
    **dict.fromkeys(("text", "varchar", "char"), "string"),
    **dict.fromkeys(("int", "integer", "bigint", "float", "double", "decimal", "numeric"), "number"),
    **dict.fromkeys(("list", "array"), "strings"),
    "bool": "boolean",
    "datetime": "timestamp",
    "or": "any",
    "nor": "none",
    "count": "times",
    "filter": "where",
    "title": "label",
    "id": "name",
}


def meant(word: str, known: list[str], what: str) -> str:
    """A hint that names what the word stands for elsewhere, or the nearest known word."""
    synonym = SYNONYMS.get(word.lower(), "")
    return f"did you mean {synonym}?" if synonym in known else did_you_mean(word, known, what)


@dataclass(frozen=True)
class Entry:
    """A key of a mapping and the node of its value."""

    key: Scalar
    value: yaml.Node


class Reader:
    """Reads the nodes of one file; `report` collects what is wrong with them."""

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
        """The entries of a mapping by key, in order of writing; duplicate keys are problems."""
        if not isinstance(node, yaml.MappingNode):
            self._expected("a mapping", node, what, example)
            return {}
        found: dict[str, Entry] = {}
        for key_node, value in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.problem(key_node, "wrong-shape", f"a key of {what} must be a plain word")
                continue
            key = Scalar(key_node.value, self.mark(key_node), _plain(key_node))
            if key.text in found:
                first = found[key.text].key.mark.line
                hint = f"the first one stands on line {first}; keep one of them"
                self.problem(key_node, "duplicate-key", f'key "{key.text}" stands twice in {what}', hint)
                continue
            found[key.text] = Entry(key, value)
        return found

    def mapping(
        self,
        node: yaml.Node,
        what: str,
        known: Collection[str],
        required: Sequence[str] = (),
        hints: Mapping[str, str] = NO_HINTS,
    ) -> dict[str, Entry]:
        """Like `entries`, for a mapping of known keys: unknown and missing ones are problems, with hints by key."""
        found = self.only(self.entries(node, what), what, known, hints)
        if isinstance(node, yaml.MappingNode):
            for key in required:
                if key not in found:
                    self.problem(node, "missing-key", f'{what} has no "{key}"', f"add {key}: …")
        return found

    def only(
        self, found: dict[str, Entry], what: str, known: Collection[str], hints: Mapping[str, str] = NO_HINTS
    ) -> dict[str, Entry]:
        """The entries of known keys; the others are problems, with hints by key."""
        for key, entry in found.items():
            if key not in known:
                hint = hints.get(key) or meant(key, list(known), "keys")
                self.problem(entry.key.mark, "unknown-key", f'unknown key "{key}" in {what}', hint)
        return {key: entry for key, entry in found.items() if key in known}

    def sequence(self, node: yaml.Node, what: str, example: str = "") -> list[yaml.Node]:
        """The items of a list."""
        if not isinstance(node, yaml.SequenceNode):
            self._expected("a list", node, what, example)
            return []
        return list(node.value)

    def scalar(self, node: yaml.Node, what: str) -> Scalar | None:
        """A single value as written; an absent or null one is a problem."""
        if not isinstance(node, yaml.ScalarNode):
            self._expected("a single value", node, what)
            return None
        scalar = Scalar(node.value, self.mark(node), _plain(node))
        if scalar.plain and scalar.text in ("", "~", "null", "Null", "NULL"):
            hint = "quote it if the text is meant; a missing value is asked for with is: missing"
            hint = hint if scalar.text else f"write a value behind it, or leave {what} out"
            self.problem(node, "wrong-type", f"{what} has no value", hint)
            return None
        return scalar

    def text(self, node: yaml.Node, what: str) -> str:
        """A single value as text; empty after a problem."""
        scalar = self.scalar(node, what)
        return scalar.text if scalar else ""

    def flag(self, node: yaml.Node, what: str) -> bool | None:
        """`true` or `false`; None after a problem."""
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

    def named(self, node: yaml.Node, what: str, fault: Callable[[str], str], suggest: Callable[[str], str]) -> str:
        """A name; empty after a problem. `fault` says what is wrong with one, `suggest` mends it."""
        scalar = self.scalar(node, what)
        if scalar is None:
            return ""
        return scalar.text if self.good_name(scalar, what, fault, suggest) else ""

    def good_name(self, scalar: Scalar, what: str, fault: Callable[[str], str], suggest: Callable[[str], str]) -> bool:
        """Whether the text can be a name; a problem is recorded when it cannot."""
        wrong = fault(scalar.text)
        if wrong:
            better = suggest(scalar.text)
            hint = f"for example {better}" if better and not fault(better) else "choose another name"
            self.problem(scalar.mark, "bad-name", f'{what} "{scalar.text}" {wrong}', hint)
        return not wrong

    def _expected(self, expected: str, node: yaml.Node, what: str, example: str = "") -> None:
        found = "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"
        key, text = what.rsplit(" ", 1)[-1], "…"
        if isinstance(node, yaml.ScalarNode):
            text = quoted(node.value) or "…"
            found = f'"{text}"' if node.value else "nothing"
        hint = HINTS[expected].format(what=key, found=text) if expected in HINTS else _one_value(node, key)
        hint = f"for example {example}" if example else hint
        self.problem(node, "wrong-shape", f"{what} must be {expected}, found {found}", hint)


def _one_value(node: yaml.Node, key: str) -> str:
    """A hint where a single value belongs."""
    if isinstance(node, yaml.SequenceNode) and key in PLURALS:
        return f"several values go behind {PLURALS[key]}: […]; put quotes around a text that holds brackets"
    brackets = "brackets" if isinstance(node, yaml.SequenceNode) else "braces"
    return f"write one value, without {brackets}; put quotes around a text that holds {brackets}"


def _plain(node: yaml.ScalarNode) -> bool:
    """Whether it stands without quotes; libyaml says so with an empty style, PyYAML's own parser with none."""
    return not node.style
