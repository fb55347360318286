"""Rules in plain English, as clauses that follow the noun: customers who …"""

from segctl.speech.clauses import Clause, Speech, followed_by, in_segment, joined, whose
from segctl.speech.events import done, narrowed, never_done, noun, nouns, with_article
from segctl.speech.metrics import (
    about_value,
    attribute_in_words,
    attribute_of,
    metric_in_words,
    money_of,
    share_in_words,
    so_many,
    summed,
    type_of,
)
from segctl.speech.values import amount_of, counted, either, next_in_words, often, quoted, span_in_words

__all__ = [
    "Clause",
    "Speech",
    "about_value",
    "amount_of",
    "attribute_in_words",
    "attribute_of",
    "counted",
    "done",
    "either",
    "followed_by",
    "in_segment",
    "joined",
    "metric_in_words",
    "money_of",
    "narrowed",
    "never_done",
    "next_in_words",
    "noun",
    "nouns",
    "often",
    "quoted",
    "share_in_words",
    "so_many",
    "span_in_words",
    "summed",
    "type_of",
    "whose",
    "with_article",
]
