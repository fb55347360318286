"""Says a segment's definition in plain English."""

from segctl.language.syntax import CUSTOMER, Catalog, Rule
from segctl.plan.planned import PlannedSegment
from segctl.rules import say_rule
from segctl.rules.rank import placed_in_words
from segctl.speech import Clause, Speech, either, in_segment, joined, nouns, span_text


def sentences(planned: PlannedSegment, catalog: Catalog) -> list[str]:
    """The sentences of a definition: the rule first, then limit, group and memory."""
    segment, speech = planned.segment, Speech(catalog, say_rule, planned.entity)
    who = "customers" if planned.entity == CUSTOMER else nouns(planned.entity)
    rules: list[Clause] = []
    if segment.extends:
        rules.append(in_segment(segment.extends.text))
    rules += [say_rule(segment.rule, speech)] if segment.rule else []
    texts = [f"{who.capitalize()} {joined('all', rules).so}."]
    if segment.limit:
        texts.append(f"Of these, only those {placed_in_words(segment.limit, speech)}.")
    if planned.waterfall and segment.group and planned.waterfall.before:
        first = either(planned.waterfall.before)
        texts.append(f"Who is in {first} is left out: these come first in the group {segment.group.text}.")
    return texts + _memory(planned, who, speech)


def rule_in_english(rule: Rule, catalog: Catalog) -> str:
    """The sentence of a single rule about customers."""
    return f"Customers {say_rule(rule, Speech(catalog, say_rule)).so}."


def _memory(planned: PlannedSegment, who: str, speech: Speech) -> list[str]:
    memory, texts = planned.segment.memory, []
    if memory and memory.keep_while:
        texts.append(f"Members stay as long as they are {who} {say_rule(memory.keep_while, speech).so}.")
    if memory and memory.min_stay:
        texts.append(f"They stay for {span_text(memory.min_stay)} at least.")
    if memory and memory.cool_down:
        texts.append(f"Once out, they are let in again after {span_text(memory.cool_down)} at the earliest.")
    return texts
