"""Rules in plain English, as clauses that follow the noun: customers who …"""

from segctl.speech.clauses import Clause, Speech, followed_by, in_segment, joined, whose
from segctl.speech.events import done, narrowed, never_done, noun, nouns, with_article
from segctl.speech.metrics import (
    about_value,
    attribute_of,
    attribute_text,
    metric_text,
    money_of,
    share_text,
    so_many,
    summed,
    type_of,
)
from segctl.speech.values import amount_of, counted, either, next_text, often, quoted, span_text

__all__ = [
    "Clause",
    "Speech",
    "about_value",
    "amount_of",
    "attribute_of",
    "attribute_text",
    "counted",
    "done",
    "either",
    "followed_by",
    "in_segment",
    "joined",
    "metric_text",
    "money_of",
    "narrowed",
    "never_done",
    "next_text",
    "noun",
    "nouns",
    "often",
    "quoted",
    "share_text",
    "so_many",
    "span_text",
    "summed",
    "type_of",
    "whose",
    "with_article",
]
