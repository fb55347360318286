"""A definition that a browser sends as JSON: checked key by key against the catalog, and made into data of a rule."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from segctl.errors import did_you_mean, quoted
from segctl.language.comparators import COMPARATORS
from segctl.language.literals import read_duration
from segctl.language.syntax import CUSTOMER, TIME_TYPES, Column, Event
from segctl.operations.definitions.choices import (
    AGGREGATE_LABELS,
    AGGREGATES_COMPARED,
    OF_NUMBERS,
    TIMES_COMPARED,
    comparable_metric,
    family_of,
    matching_comparators,
    value_fault,
)
from segctl.operations.definitions.definition_files import Unquoted
from segctl.operations.definitions.new import NewSegment
from segctl.plan.plan import Plan

Rule = dict[str, Any]
JOINS = ("all", "any", "none")
# Comparators whose values may be all values that the catalog names.
OF_VALUES = ("eq", "ne", "in", "not_in", "has", "has_any", "has_all")
# A form has groups in a group, and so many conditions in all.
DEEPEST, MOST_CONDITIONS, MOST_VALUES, LONGEST_TEXT = 2, 60, 200, 2000
TEXTS = ("name", "label", "description", "owner")
GROUP = ("join", "parts", "not")
KEYS = {
    "attribute": ("name", "compare", "values"),
    "metric": ("name", "compare", "values", "within_last"),
    "event": ("name", "how", "field", "compare", "values", "where", "within_last", "older_than"),
    "segment": ("name",),
}


class FormFault(Exception):
    """What is wrong with a form, by the place in it: `rule.parts.0.values.1`."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = dict(faults)


def definition_of(plan: Plan, sent: object) -> NewSegment:
    """The definition that a form describes. Raises FormFault with all faults."""
    form = _Form(plan)
    draft = form.definition(sent)
    if form.faults:
        raise FormFault(form.faults)
    return draft


class _Form:
    """Reads a form, and collects what is wrong with it by place."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.catalog = plan, plan.catalog
        self.faults: dict[str, str] = {}
        self.conditions = 0

    def definition(self, sent: object) -> NewSegment:
        rule = self._mapping(sent, "", (*TEXTS, "tags", "rule"))
        texts = {key: self._text(rule.get(key, ""), key) for key in TEXTS}
        tags = [
            self._text(tag, f"tags.{number}") for number, tag in enumerate(self._list(rule.get("tags", []), "tags"))
        ]
        return NewSegment(self._group(rule.get("rule"), "rule", 1), **texts, tags=tuple(tag for tag in tags if tag))

    def _group(self, sent: object, place: str, depth: int) -> Rule:
        """Conditions and groups that are joined; one alone stands for itself."""
        fields = self._mapping(sent, place, GROUP)
        kind = self._one_of(fields.get("join"), f"{place}.join", JOINS, "ways to join")
        parts = self._list(fields.get("parts"), f"{place}.parts")
        if not parts:
            self._fault(place, "a condition is needed here")
        read = [self._part(part, f"{place}.parts.{number}", depth) for number, part in enumerate(parts)]
        rule: Rule = read[0] if len(read) == 1 and kind != "none" else {kind: read}
        return {"not": rule} if self._flag(fields, place) else rule

    def _part(self, sent: object, place: str, depth: int) -> Rule:
        if isinstance(sent, dict) and "join" in sent:
            if depth >= DEEPEST:
                self._fault(place, "a group within a group holds conditions only")
                return {}
            return self._group(sent, place, depth + 1)
        return self._condition(sent, place)

    def _condition(self, sent: object, place: str) -> Rule:
        self.conditions += 1
        if self.conditions > MOST_CONDITIONS:
            self._fault(place, f"a form holds {MOST_CONDITIONS} conditions at most")
            return {}
        about = sent.get("about") if isinstance(sent, dict) else None
        about = self._one_of(about, f"{place}.about", tuple(KEYS), "kinds of condition")
        if not about:
            return {}
        fields = self._mapping(sent, place, ("about", "not", *KEYS[about]))
        known = self._known(about)
        name = self._one_of(fields.get("name"), f"{place}.name", known, f"{about}s")
        if not name:
            return {}
        rule = {about: name, **self._of(about)(name, fields, place)}
        return {"not": rule} if self._flag(fields, place) else rule

    def _known(self, about: str) -> tuple[str, ...]:
        """The names that such a condition can be about."""
        segments = [planned.segment.name for planned in self.plan.segments if planned.entity == CUSTOMER]
        of: Mapping[str, Iterable[str]]
        of = {
            "attribute": self.catalog.customer.attributes,
            "metric": self.catalog.metrics,
            "event": self.catalog.events,
        }
        return tuple(of.get(about, segments))

    def _of(self, about: str) -> Callable[[str, Rule, str], Rule]:
        readers: dict[str, Callable[[str, Rule, str], Rule]] = {
            "attribute": self._attribute,
            "metric": self._metric,
            "event": self._event,
            "segment": lambda *_: {},
        }
        return readers[about]

    def _attribute(self, name: str, rule: Rule, place: str) -> Rule:
        column = self.catalog.customer.attributes[name]
        return self._comparison(rule, place, column.type, column.values)

    def _metric(self, name: str, rule: Rule, place: str) -> Rule:
        metric = comparable_metric(self.catalog, name)
        window = self._durations(rule, place, ("within_last",))
        if window and not metric.narrows:
            self._fault(f"{place}.within_last", f"{name} has a time of its own")
        return self._comparison(rule, place, metric.kind, metric.values) | window

    def _event(self, name: str, rule: Rule, place: str) -> Rule:
        event, how = (
            self.catalog.events[name],
            self._one_of(rule.get("how"), f"{place}.how", tuple(AGGREGATE_LABELS), "ways to ask"),
        )
        compared: Rule = {}
        if how == "never":
            compared = {"never": Unquoted("true")}
        elif how == "times":
            compared = {"times": self._comparison(rule, place, "number", (), TIMES_COMPARED)}
        elif how in OF_NUMBERS:
            numbers = tuple(key for key, column in event.fields.items() if column.type == "number")
            field = self._one_of(rule.get("field"), f"{place}.field", numbers, "fields of numbers")
            compared = {how: field, **self._comparison(rule, place, "number", (), AGGREGATES_COMPARED)}
        where = self._where(event, rule, place)
        return where | compared | self._durations(rule, place, ("within_last", "older_than"))

    def _where(self, event: Event, rule: Rule, place: str) -> Rule:
        """The rule with the conditions on the event's fields."""
        fields = {name: column for name, column in event.fields.items() if column.type not in TIME_TYPES}
        narrowed: dict[str, object] = {}
        for number, part in enumerate(self._list(rule.get("where", []), f"{place}.where")):
            within = f"{place}.where.{number}"
            sent = self._mapping(part, within, ("field", "compare", "values"))
            name = self._one_of(sent.get("field"), f"{within}.field", tuple(fields), "fields")
            if name in narrowed:
                self._fault(f"{within}.field", f"{name} stands here already")
            elif name:
                narrowed[name] = self._narrowed(fields[name], sent, within)
        return {"where": narrowed} if narrowed else {}

    def _narrowed(self, column: Column, sent: Rule, place: str) -> object:
        """What stands behind a field: a value alone says that it is that one."""
        rule = self._comparison(sent, place, column.type, column.values)
        return rule["eq"] if "eq" in rule else rule.get("in", rule)

    def _comparison(self, rule: Rule, place: str, kind: str, values: Sequence[str], known: Sequence[str] = ()) -> Rule:
        key = self._one_of(
            rule.get("compare"), f"{place}.compare", tuple(known or matching_comparators(kind)), "comparators"
        )
        sent = [
            self._text(value, f"{place}.values.{number}")
            for number, value in enumerate(self._list(rule.get("values"), f"{place}.values"))
        ]
        if not key:
            return {}
        operand, family = COMPARATORS[key].operand, family_of(kind)
        needed = {"pair": 2, "list": max(1, len(sent))}.get(operand, 1)
        if len(sent) != needed:
            needs = "a value is" if needed == 1 else f"{needed} values are"
            # The field of the first value that is missing or too many; a list is one field.
            first = "values" if operand == "list" else f"values.{min(len(sent), needed)}"
            self._fault(f"{place}.{first}", f"{needs} needed here")
            return {}
        if operand == "presence":
            return {key: self._one_of(sent[0], f"{place}.values.0", ("set", "missing"), "answers")}
        if operand == "duration":
            return {key: self._duration(sent[0], f"{place}.values.0")}
        choices = values if key in OF_VALUES else ()
        for number, text in enumerate(sent):
            fault = value_fault(family, choices, text)
            if fault:
                self._fault(f"{place}.values.{number}", fault)
        typed = [text if family in ("string", "strings") else Unquoted(text) for text in sent]
        return {key: typed if operand in ("pair", "list") else typed[0]}

    def _durations(self, rule: Rule, place: str, keys: Sequence[str]) -> Rule:
        texts = {key: self._text(rule.get(key, ""), f"{place}.{key}") for key in keys}
        return {key: self._duration(text, f"{place}.{key}") for key, text in texts.items() if text}

    def _duration(self, text: str, place: str) -> Unquoted:
        duration = read_duration(text)
        if duration is None:
            self._fault(place, f'"{quoted(text)}" is not a duration; try 60 days, 6 months or 1 year')
        return Unquoted(duration or "")

    def _flag(self, rule: Rule, place: str) -> bool:
        flag = rule.get("not", False)
        if not isinstance(flag, bool):
            self._fault(f"{place}.not", "true or false is needed here")
        return flag is True

    def _mapping(self, sent: object, place: str, known: Sequence[str]) -> Rule:
        if not isinstance(sent, dict):
            self._fault(place, "a mapping is needed here")
            return {}
        for key in sent:
            if key not in known:
                self._fault(
                    f"{place}.{quoted(key)}".lstrip("."), f"unknown key; {did_you_mean(key, list(known), 'keys')}"
                )
        return sent

    def _list(self, sent: object, place: str) -> list[object]:
        if not isinstance(sent, list) or len(sent) > MOST_VALUES:
            self._fault(place, f"a list of {MOST_VALUES} at most is needed here")
            return []
        return sent

    def _text(self, sent: object, place: str) -> str:
        if not isinstance(sent, str) or len(sent) > LONGEST_TEXT:
            self._fault(place, f"a text of {LONGEST_TEXT} characters at most is needed here")
            return ""
        return sent.strip()

    def _one_of(self, sent: object, place: str, known: tuple[str, ...], what: str) -> str:
        """One of some words; empty after a fault."""
        if isinstance(sent, str) and sent in known:
            return sent
        prefix = f'"{quoted(sent)}" is none; ' if isinstance(sent, str) and sent else ""
        self._fault(place, prefix + (did_you_mean(sent if isinstance(sent, str) else "", list(known), what)))
        return ""

    def _fault(self, place: str, message: str) -> None:
        self.faults.setdefault(place or "form", message)
