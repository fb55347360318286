"""Requirements of docs/language.md for definitions that generators could violate."""

from collections.abc import Iterator
from itertools import pairwise

from tests.support.strategies.catalog import AT_TYPES, FIELDS, METRIC_EVENTS, Mapping, type_of
from tests.support.strategies.operands import OF_THE_RUN

COMBINATORS = {"all", "any", "none", "not"}
LEAVES = {"attribute", "metric", "event", "segment", "rule", "rank", "sequence", "affinity", "overdue", "due"}
LEAVES |= {"sample", "experiment", "holdout", "sql", "belongs_to", "customers"}


def rules_in(rule: Mapping) -> Iterator[Mapping]:
    """The rule and all rules inside it, also inside leaves."""
    yield rule
    inner = [rule[key] for key in ("not", "among", "that", "customers") if key in rule]
    for key in COMBINATORS - {"not"}:
        inner += rule.get(key, [])
    for each in inner:
        yield from rules_in(each)


def rules_of(segment: Mapping) -> Iterator[Mapping]:
    for key in ("rule", "keep_while"):
        yield from rules_in(segment[key]) if key in segment else ()


def leaf_of(rule: Mapping) -> str:
    """Which leaf it is, or "" for a combinator."""
    return next((leaf for leaf in ("customers", *sorted(LEAVES)) if leaf in rule), "")


def segments_of(files: list[Mapping]) -> list[Mapping]:
    return [segment for file in files for segment in file["segments"]]


def referred(segment: Mapping, segments: list[Mapping]) -> set[str]:
    """The segments on whose members it depends."""
    found = {rule["segment"] for rule in rules_of(segment) if "segment" in rule}
    found |= {segment["extends"]} if "extends" in segment else set()
    for other in segments:
        if "group" in segment and other.get("group") == segment["group"] and other["priority"] < segment["priority"]:
            found.add(other["name"])
    return found


def check_keys(segment: Mapping, segments: list[Mapping]) -> None:
    keys = set(segment)
    assert keys & {"rule", "extends"}
    assert not (keys & {"group", "limit"} and keys & {"keep_while", "min_stay", "cool_down"})
    assert ("group" in keys) == ("priority" in keys)
    assert "among" not in segment.get("limit", {})
    mates = [each["priority"] for each in segments if "group" in keys and each.get("group") == segment["group"]]
    assert len(set(mates)) == len(mates)
    if "keep_while" in keys:
        assert {leaf_of(rule) for rule in rules_in(segment["rule"])} - {"", "sample", "experiment", "holdout"}


def check_rule(rule: Mapping) -> None:
    wheres = [each["where"] for each in (rule, *rule.get("sequence", [])) if "where" in each]
    for where in wheres:
        assert not any(set(wanted) & set(OF_THE_RUN) for wanted in where.values() if isinstance(wanted, dict))
    if "sequence" in rule:
        check_sequence(rule)
    if rule.get("rank", rule.get("metric", "order_count")) not in METRIC_EVENTS:
        assert "metric" not in rule or "where" not in rule
    for count in ("top", "bottom", "tiles", "min_events"):
        assert rule.get(count, 1) != 0


def check_sequence(rule: Mapping) -> None:
    steps = rule["sequence"]
    assert 2 <= len(steps) <= 5
    assert "within" not in steps[0]
    for before, step in pairwise(steps):
        by_days = "date" in (AT_TYPES[before["event"]], AT_TYPES[step["event"]])
        assert step["within"].partition(" ")[2].rstrip("s") in ("day", "week", *([] if by_days else ["hour"]))
        assert "never" not in before
    if "same" in rule:
        assert len({type_of(FIELDS[step["event"]][rule["same"]]) for step in steps}) == 1
