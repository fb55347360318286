"""The generators: the oracle accepts all they draw, and each leaf and comparator is true and false somewhere."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from graphlib import TopologicalSorter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.oracle import habits, reference, values
from tests.support.oracle import world as reference_world
from tests.support.oracle.reference import Tables, load, members
from tests.support.strategies.catalog import METRICS, Mapping, type_of
from tests.support.strategies.definitions import (
    COMPARATORS,
    TABLES,
    TABLES_WITH_STRING_KEYS,
    TIMEZONES,
    as_of_instants,
    catalog_text,
    definition_files,
    dump,
    tables,
)
from tests.support.strategies.operands import WINDOW_KEYS
from tests.support.strategies.requirements import (
    COMBINATORS,
    LEAVES,
    check_keys,
    check_rule,
    leaf_of,
    referred,
    rules_of,
    segments_of,
)
from tests.support.strategies.shop import ACCOUNTS, CUSTOMERS, ORDERS, TIERS
from tests.support.strategies.time import moments

FEW = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
OLD_LEAVES = {"", "attribute", "metric", "event", "segment"}
AGGREGATES = {"sum", "avg", "min", "max", "count_distinct"}
OPTIONS = {
    "": {"extends", "group", "limit", "keep_while", "min_stay", "cool_down", "enabled"},
    "event": {"times", "never", "where", *AGGREGATES, *WINDOW_KEYS},
    "metric": {"where", *WINDOW_KEYS},
    "rank": {"top", "bottom", "tiles", "top_share", "among", "per", "ties", "where", "within_last"},
    "sequence": {"same", "times", "never", "where", *WINDOW_KEYS},
    "affinity": {"is", "min_share", "where", *WINDOW_KEYS},
    "overdue": {"factor", "min_events", "fallback", "where"},
    "due": {"where"},
    "experiment": {"variant"},
    "belongs_to": {"that"},
    "customers": {"times", "sum"},
}


def keys_within(rule: Mapping) -> set[str]:
    """Its own keys and those of its steps."""
    return set(rule) | {key for step in rule.get("sequence", []) for key in step if key in ("never", "where")}


def test_every_leaf_and_option_is_drawn_often() -> None:
    drawn: Counter[tuple[str, str]] = Counter()
    leaves: Counter[str] = Counter()
    metrics: Counter[str] = Counter()
    segments: Counter[str] = Counter()

    @settings(FEW, max_examples=200)
    @given(st.sampled_from(TIMEZONES).flatmap(lambda zone: as_of_instants(zone).flatmap(definition_files)))
    def count(files: list[Mapping]) -> None:
        for segment in segments_of(files):
            drawn.update(("", key) for key in segment)
            rules = list(rules_of(segment))
            segments["new" if {leaf_of(rule) for rule in rules} - OLD_LEAVES else "old"] += 1
            for rule in rules:
                metrics.update(rule[key] for key in ("metric", "rank") if key in rule)
                leaves[leaf_of(rule)] += 1
                drawn.update((leaf_of(rule), key) for key in keys_within(rule))

    count()
    assert {leaf: leaves[leaf] for leaf in LEAVES if leaves[leaf] < 200} == {}
    wanted = {(leaf, option) for leaf, options in OPTIONS.items() for option in options}
    assert {option: drawn[option] for option in wanted if drawn[option] < 10} == {}
    assert {metric: metrics[metric] for metric in METRICS if metrics[metric] < 10} == {}
    assert 0.45 < segments["new"] / (segments["new"] + segments["old"]) < 0.65


@FEW
@given(st.sampled_from(TIMEZONES).flatmap(lambda zone: st.tuples(st.just(zone), as_of_instants(zone))), st.data())
def test_definitions_stay_within_the_language(drawn: tuple[str, datetime], data: st.DataObject) -> None:
    timezone, as_of = drawn
    files = data.draw(definition_files(as_of, timezone, segments=12, files=3))
    for file in files:
        assert load(dump(file)) == as_text(file)
        assert not any(isinstance(token, yaml.AnchorToken | yaml.AliasToken) for token in yaml.scan(dump(file)))
    segments = segments_of(files)
    assert len({segment["name"] for segment in segments}) == 12
    # It raises if they refer to each other in a circle.
    TopologicalSorter({segment["name"]: referred(segment, segments) for segment in segments}).prepare()
    for segment in segments:
        check_keys(segment, segments)
        for rule in rules_of(segment):
            check_rule(rule)


def as_text(data: Any) -> Any:  # noqa: ANN401
    """Plain data as a loader reads them that leaves scalars alone."""
    if isinstance(data, dict):
        return {key: as_text(value) for key, value in data.items()}
    if isinstance(data, list):
        return [as_text(value) for value in data]
    return str(data).lower() if isinstance(data, bool) else str(data)


# What comes out of them


def record_outcomes(monkeypatch: pytest.MonkeyPatch) -> dict[object, set[bool]]:
    """Collects the oracle's results for each key of a rule, each comparator by type, and each window."""
    seen: dict[object, set[bool]] = {}
    rule_holds, satisfies = reference.rule_holds, values.satisfies

    def note(what: object, outcome: bool) -> bool:
        seen.setdefault(what, set()).add(outcome)
        return outcome

    def rule_noted(rule: Mapping, customer: object, world: Any) -> bool:  # noqa: ANN401
        outcome = rule_holds(rule, customer, world)
        for key in rule:
            note(key, outcome)
            if key in WINDOW_KEYS and "event" in rule:
                note(("window", key), outcome)
        return outcome

    def comparators_noted(value: Any, kind: str, comparators: Mapping, clock: Any) -> bool:  # noqa: ANN401
        for key, operand in comparators.items():
            note((kind, key), satisfies(value, kind, {key: operand}, clock))
        return satisfies(value, kind, comparators, clock)

    monkeypatch.setattr(reference, "rule_holds", rule_noted)
    for module in (reference, habits, reference_world):
        monkeypatch.setattr(module, "satisfies", comparators_noted)
    return seen


def test_every_leaf_and_comparator_is_true_and_false_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = record_outcomes(monkeypatch)
    sizes: Counter[str] = Counter()
    mixed: dict[str, list[bool]] = {leaf: [] for leaf in LEAVES - {"customers"}}

    # Hypothesis also tries constants of the loaded modules, so draws depend on them. 40 examples were enough in the
    # whole suite, but not in this file alone.
    @settings(FEW, max_examples=100)
    @given(st.data())
    def draw_and_evaluate(data: st.DataObject) -> None:
        timezone = data.draw(st.sampled_from(TIMEZONES))
        as_of = data.draw(as_of_instants(timezone))
        files = [load(dump(file)) for file in data.draw(definition_files(as_of, timezone))]
        rows = data.draw(tables(as_of, timezone, string_keys=data.draw(st.booleans())))
        leaves, alone = each_leaf_alone(files)
        members_found = members(load(catalog_text(timezone)), [*files, alone], rows, as_of)
        everybody = len(rows[CUSTOMERS])
        for name, keys in members_found.items():
            if name in leaves:
                mixed[leaves[name]].append(0 < len(keys) < everybody)
            else:
                sizes[{0: "nobody", everybody: "everybody"}.get(len(keys), "some")] += 1

    draw_and_evaluate()
    expected: set[object] = {(type_of(kind), key) for kind in COMPARATORS for key in keys_of(kind)}
    expected |= {("window", key) for key in WINDOW_KEYS}
    outcomes = LEAVES - {"customers"} | COMBINATORS | AGGREGATES | {"times", "never", "where"}
    assert {what for what in outcomes | expected if len(seen.get(what, ())) < 2} == set()
    assert sizes["some"] > sizes["nobody"] + sizes["everybody"]
    # A leaf that is true for all or for none tests little.
    shares = {leaf: round(sum(each) / len(each), 2) for leaf, each in mixed.items()}
    assert {leaf: share for leaf, share in shares.items() if share < 0.3} == {}, shares


def each_leaf_alone(files: list[Mapping]) -> tuple[dict[str, str], Mapping]:
    """A file with a segment for each leaf about customers, and the leaf of each segment."""
    leaves: dict[str, str] = {}
    segments: list[Mapping] = []
    for rule in [rule for segment in segments_of(files) for rule in rules_of(segment)]:
        leaf = leaf_of(rule)
        if leaf in ("", "customers") or about_an_account(rule):
            continue
        leaves[f"alone_{len(leaves)}"] = leaf
        segments.append({"name": f"alone_{len(segments)}", "rule": rule})
    return leaves, {"version": "1", "segments": segments}


def about_an_account(rule: Mapping) -> bool:
    return rule.get("attribute") in ("industry", "founded_on", "partner")


def keys_of(kind: str) -> set[str]:
    return {key for form in COMPARATORS[kind] for key in form.split()}


PYTHON_TYPES = {"varchar": "str", "bigint": "int", "double precision": "float", "numeric(18,2)": "Decimal"}
PYTHON_TYPES |= {"boolean": "bool", "date": "date", "timestamp": "datetime", "timestamptz": "datetime"}
PYTHON_TYPES |= {"varchar[]": "list"}


@pytest.mark.parametrize("string_keys", [False, True])
def test_rows_fit_the_tables(string_keys: bool) -> None:
    types = TABLES_WITH_STRING_KEYS if string_keys else TABLES

    @FEW
    @given(st.data())
    def check(data: st.DataObject) -> None:
        as_of = data.draw(as_of_instants())
        rows: Tables = data.draw(tables(as_of, customers=20, orders=40, visits=20, string_keys=string_keys))
        assert set(rows) == set(types)
        for model, columns in types.items():
            for row in rows[model]:
                assert list(row) == list(columns)
                for name, cell in row.items():
                    assert cell is None or type(cell).__name__ == PYTHON_TYPES[columns[name]]
                    if columns[name].startswith("timestamp") and isinstance(cell, datetime):
                        assert (cell.tzinfo is not None) == (columns[name] == "timestamptz")
        for model, key in ((CUSTOMERS, "customer_id"), (ORDERS, "order_id"), (ACCOUNTS, "account_id")):
            keys = [row[key] for row in rows[model]]
            assert None not in keys
            assert len(set(keys)) == len(keys)

    check()


def test_rows_lie_on_the_boundaries_and_a_microsecond_beside_them() -> None:
    # A day before is 23 hours before, because the clocks went forward in between.
    as_of = datetime(2024, 3, 10, 12, 0, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)
    there = set(moments(as_of, "America/New_York"))
    for edge in (as_of, as_of - timedelta(hours=23), as_of - timedelta(hours=36)):
        assert {edge - timedelta(microseconds=1), edge, edge + timedelta(microseconds=1)} <= there


def test_attributes_with_a_history_hold_and_do_not() -> None:
    """Many have several rows, some of which began at the same instant."""
    kept = [
        name for name, each in load(catalog_text())["entities"]["customer"]["attributes"].items() if "history" in each
    ]
    counts: Counter[tuple[str, bool]] = Counter()
    together: Counter[bool] = Counter()

    @FEW
    @given(st.data())
    def count(data: st.DataObject) -> None:
        as_of = data.draw(as_of_instants("UTC"))
        drawn = data.draw(tables(as_of, "UTC"))
        world = reference_world.world_of(load(catalog_text("UTC")), [], drawn, as_of)
        for attributes in world.customers.values():
            counts.update((name, attributes[name] is not None) for name in kept)
        begun = Counter(
            (row["member_id"], row["valid_from"]) for row in drawn[TIERS] if row["member_id"] in world.customers
        )
        together.update(times > 1 for times in begun.values())

    count()
    assert {name for name, _ in counts} == set(kept)
    assert min(counts.values()) > 100
    assert together[True] > 100
