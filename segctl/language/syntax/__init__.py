"""The syntax tree: catalog, definitions and rules as written, with their places, before any check."""

from segctl.language.syntax.catalog import IDENTIFIERS, MARTS, Catalog, Costs, Entity, Experiment, Identifiers
from segctl.language.syntax.entities import CUSTOMER, table_prefix
from segctl.language.syntax.events import APPEND_ONLY, PROMISE_UNITS, Derived, Event, Metric, Promise
from segctl.language.syntax.rules import Combination, Leaf, Rule, leaves
from segctl.language.syntax.segments import DefinitionFile, Memory, Segment
from segctl.language.syntax.sharing import EXPOSURE_DETAILS, EXPOSURE_TYPES, Exposure, Share
from segctl.language.syntax.values import (
    AGGREGATIONS,
    SEGMENT_GUARD_KEYS,
    SOURCE_GUARD_KEYS,
    TIME_TYPES,
    VALUE_TYPES,
    Aggregation,
    Column,
    Comparison,
    Condition,
    Guard,
    Scalar,
    ValueHistory,
    ValueType,
)

__all__ = [
    "AGGREGATIONS",
    "APPEND_ONLY",
    "CUSTOMER",
    "EXPOSURE_DETAILS",
    "EXPOSURE_TYPES",
    "IDENTIFIERS",
    "MARTS",
    "PROMISE_UNITS",
    "SEGMENT_GUARD_KEYS",
    "SOURCE_GUARD_KEYS",
    "TIME_TYPES",
    "VALUE_TYPES",
    "Aggregation",
    "Catalog",
    "Column",
    "Combination",
    "Comparison",
    "Condition",
    "Costs",
    "DefinitionFile",
    "Derived",
    "Entity",
    "Event",
    "Experiment",
    "Exposure",
    "Guard",
    "Identifiers",
    "Leaf",
    "Memory",
    "Metric",
    "Promise",
    "Rule",
    "Scalar",
    "Segment",
    "Share",
    "ValueHistory",
    "ValueType",
    "leaves",
    "table_prefix",
]
