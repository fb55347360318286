"""The rule types, one module each, and the functions that parse and resolve any rule.

A rule type is a module with these names:

- `KEYS`: the keys besides its own name. `NESTED`: those that hold rules.
- `DESCRIPTIONS`: its keys in English, for editors. `SYNONYMS`: its keys by words that people write instead.
- `parse`: reads a leaf without the catalog.
- `schemas`: its JSON Schemas for editors.
- `resolve`: checks it against the catalog and gives a predicate over features.
- `say`: says it in English.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Protocol, cast

import yaml

from segctl.features import Junction, Predicate
from segctl.features.scope import Scope
from segctl.language.names import name_fault
from segctl.language.reader import Entry, Reader
from segctl.language.synonyms import SYNONYMS, Wording, hint_for_word
from segctl.language.syntax import Combination, Leaf, Rule
from segctl.schema.parts import Schema
from segctl.speech import Clause, Speech, joined


class RuleType(Protocol):
    """The interface of a rule type's module."""

    KEYS: tuple[str, ...]
    NESTED: tuple[str, ...]
    DESCRIPTIONS: Mapping[str, str]
    SYNONYMS: Mapping[str, str]

    def parse(self, head: Entry, entries: Mapping[str, Entry], reader: Reader) -> object | None:
        """Reads a leaf without its nested rules. None after a problem that makes it unusable."""

    def schemas(self) -> list[Schema]:
        """The JSON Schemas of a leaf."""

    def resolve(self, leaf: Leaf, scope: Scope) -> Predicate | None:
        """Resolves a leaf to a predicate. None after a problem."""

    def say(self, leaf: Leaf, speech: Speech) -> Clause:
        """Says a valid leaf in English."""


# The modules of this package, in the order in which hints list them.
NAMES = (
    "attribute",
    "metric",
    "event",
    "segment",
    "rule",
    "rank",
    "sequence",
    "affinity",
    "overdue",
    "due",
    "sample",
    "experiment",
    "holdout",
    "belongs_to",
    "customers",
    "sql",
)
RULE_TYPES = {name: cast(RuleType, import_module(f"{__name__}.{name}")) for name in NAMES}
# Descriptions of the combinators for editors.
COMBINATORS = {
    "all": "Every one of these rules is true.",
    "any": "At least one of these rules is true.",
    "none": "None of these rules is true.",
    "not": "This rule is false.",
}
# The hint for a negation in a rule, which wraps the whole condition.
DENIED = "write not: {{… {}: …}}"
RULE_WORDING = Wording(
    DENIED, {**SYNONYMS, **{word: key for kind in RULE_TYPES.values() for word, key in kind.SYNONYMS.items()}}
)
SEGMENT_KEYS = (
    *("limit", "extends", "group", "priority", "keep_while", "min_stay", "cool_down"),
    *("label", "enabled", "guard", "formerly"),
)
SEGMENT_KEY_HINTS = dict.fromkeys(SEGMENT_KEYS, "put it beside rule:, not in it")


def parse_rule(node: yaml.Node, reader: Reader) -> Rule | None:
    """Reads a rule: one combinator or one leaf. None after a problem that makes it unusable."""
    if isinstance(node, yaml.SequenceNode):
        hint = "write all: before the list to ask for every one, any: for at least one"
        reader.problem(node, "wrong-shape", "a rule must be a mapping, found a list", hint)
        return None
    entries = reader.entries(node, "a rule", _example(node))
    heads = [key for key in entries if key in COMBINATORS or key in RULE_TYPES]
    if not isinstance(node, yaml.MappingNode):
        return None
    if not heads:
        _no_head(node, entries, reader)
        return None
    if len(heads) > 1:
        message = f"{heads[0]} and {heads[1]} are in one rule"
        reader.problem(entries[heads[1]].key.mark, "two-rules", message, _two_rules(heads))
        return None
    head = entries[heads[0]]
    keys = RULE_TYPES[heads[0]].KEYS if heads[0] in RULE_TYPES else ()
    reader.only(entries, f"a rule on {heads[0]}", (heads[0], *keys), SEGMENT_KEY_HINTS, RULE_WORDING)
    if heads[0] in COMBINATORS:
        return _combination(head, reader)
    return parse_leaf(head, entries, reader)


def parse_leaf(head: Entry, entries: Mapping[str, Entry], reader: Reader) -> Leaf | None:
    """Reads a leaf of a known type with valid keys. None after a problem."""
    kind = RULE_TYPES[head.key.text]
    nested = {key: parse_rule(entries[key].value, reader) for key in kind.NESTED if key in entries}
    body = kind.parse(head, entries, reader)
    good = {key: found for key, found in nested.items() if found}
    return Leaf(head.key.text, body, head.key.mark, good) if body is not None and len(good) == len(nested) else None


def _two_rules(heads: list[str]) -> str:
    """A hint for a rule with two heads."""
    denied = next((head for head in heads if head in RULE_TYPES), "")
    if "not" in heads and denied:
        return f"not: goes around the whole rule: not: {{{denied}: …, …}}"
    return "write two rules below all: or any:"


def _example(node: yaml.Node) -> str:
    """A hint for a rule that is only a name."""
    name = node.value if isinstance(node, yaml.ScalarNode) and not name_fault(node.value) else ""
    return f"{{segment: {name}}}, {{event: {name}}} or {{rule: {name}}}" if name else "{event: order}"


def _no_head(node: yaml.MappingNode, entries: Mapping[str, Entry], reader: Reader) -> None:
    heads = [*RULE_TYPES, *COMBINATORS]
    if not entries:
        reader.problem(node, "missing-key", "the rule is empty", f"one of: {', '.join(heads)}")
        return
    first = next(iter(entries.values())).key
    message = f'"{first.text}" is neither a rule type nor a combinator'
    reader.problem(
        first.mark, "unknown-rule", message, hint_for_word(first.text, heads, "one of", wording=RULE_WORDING)
    )


def _combination(head: Entry, reader: Reader) -> Combination | None:
    kind = head.key.text
    if kind == "not":
        if isinstance(head.value, yaml.SequenceNode):
            hint = "write none: for a list"
            reader.problem(head.value, "wrong-shape", "not takes one rule, found a list", hint)
            return None
        nodes = [head.value]
    else:
        nodes = reader.sequence(head.value, kind)
        if isinstance(head.value, yaml.SequenceNode) and not nodes:
            reader.problem(head.value, "empty-list", f"{kind} must list at least one rule", "add a rule")
    rules = tuple(rule for rule in (parse_rule(node, reader) for node in nodes) if rule)
    return Combination(kind, rules, head.key.mark) if rules else None  # type: ignore[arg-type]


def resolve_rule(rule: Rule, scope: Scope) -> Predicate | None:
    """Resolves a rule to a predicate. None if any part has a problem; the scope's report has all of them."""
    if isinstance(rule, Leaf):
        return RULE_TYPES[rule.kind].resolve(rule, scope)
    parts = [resolve_rule(part, scope) for part in rule.rules]
    good = tuple(part for part in parts if part)
    if len(good) < len(parts):
        return None
    return Junction("none" if rule.kind == "not" else rule.kind, good, rule.mark)


def say_rule(rule: Rule, speech: Speech) -> Clause:
    """A valid rule in English. A negation applies to each part."""
    if isinstance(rule, Leaf):
        return RULE_TYPES[rule.kind].say(rule, speech)
    clauses = [say_rule(part, speech) for part in rule.rules]
    if rule.kind in {"none", "not"}:
        return joined("all", [clause.denied for clause in clauses])
    return joined("any" if rule.kind == "any" else "all", clauses)
