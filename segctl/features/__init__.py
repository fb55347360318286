"""Features, the columns that rules compare, and predicates over them.

A feature is frozen and compared by meaning: two rules that need the same aggregate share one column. Its name comes
from its own fields and the catalog, never from a segment.
"""

from segctl.features.columns import Aggregate, AttributeValue, Canonical, Feature, Filter, Scan
from segctl.features.computed import Computed, NoValue, TimeFlag
from segctl.features.inputs import (
    ATTRIBUTES,
    OTHERS,
    changing_of,
    entities_of,
    inputs_of,
    moved_by_time,
    of_attributes,
    of_others,
    scans_of,
)
from segctl.features.predicates import LARGEST, Junction, Predicate, Reference, Test, features_of, tests_of
from segctl.features.rule_text import as_written, reference_in_words, rule_as_name, rule_in_words
from segctl.features.since import Since, customers_step, since_of
from segctl.features.staleness import by_clock, passed_by_events, passing_of, turned_beside
from segctl.features.stepped import Inputs, Passing, Population, Staleness, Stepped, closure
from segctl.features.steps import ANSWER, ANSWERS, CUT, OWN, SO_FAR, Read, Select, Steps
from segctl.features.without_events import counts_without_events, holds_without_events

__all__ = [
    "ANSWER",
    "ANSWERS",
    "ATTRIBUTES",
    "CUT",
    "LARGEST",
    "OTHERS",
    "OWN",
    "SO_FAR",
    "Aggregate",
    "AttributeValue",
    "Canonical",
    "Computed",
    "Feature",
    "Filter",
    "Inputs",
    "Junction",
    "NoValue",
    "Passing",
    "Population",
    "Predicate",
    "Read",
    "Reference",
    "Scan",
    "Select",
    "Since",
    "Staleness",
    "Stepped",
    "Steps",
    "Test",
    "TimeFlag",
    "as_written",
    "by_clock",
    "changing_of",
    "closure",
    "counts_without_events",
    "customers_step",
    "entities_of",
    "features_of",
    "holds_without_events",
    "inputs_of",
    "moved_by_time",
    "of_attributes",
    "of_others",
    "passed_by_events",
    "passing_of",
    "reference_in_words",
    "rule_as_name",
    "rule_in_words",
    "scans_of",
    "since_of",
    "tests_of",
    "turned_beside",
]
