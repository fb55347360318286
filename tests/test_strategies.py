"""The generators: the oracle takes all that they draw, and each leaf and comparator is true and false somewhere."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests import reference, reference_time, reference_values
from tests.reference import Tables, load, members
from tests.reference_time import WINDOW_KEYS, Clock
from tests.reference_values import Value
from tests.strategies import (
    COMPARATORS,
    OF_THE_RUN,
    TABLES,
    TABLES_WITH_STRING_KEYS,
    TIMEZONES,
    as_of_instants,
    catalog_text,
    definition_files,
    dump,
    tables,
)
from tests.strategies_shop import CUSTOMERS, ORDERS
from tests.strategies_time import moments

FEW = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
LEAVES = {"attribute", "metric", "event", "segment", "times", "never", "where", *WINDOW_KEYS}
AGGREGATES = {"sum", "avg", "min", "max", "count_distinct"}
COMBINATORS = {"all", "any", "none", "not"}


def record_outcomes(monkeypatch: pytest.MonkeyPatch) -> dict[object, set[bool]]:
    """Lets the oracle tell what came out of each key of a rule, each comparator by type, and each window."""
    seen: dict[object, set[bool]] = {}
    rule_holds, satisfies, time_holds = reference.rule_holds, reference_values.satisfies, reference_time.time_holds

    def note(what: object, outcome: bool) -> bool:
        seen.setdefault(what, set()).add(outcome)
        return outcome

    def rule_noted(rule: dict[str, Any], customer: object, world: reference.World) -> bool:
        outcome = rule_holds(rule, customer, world)
        for key in rule:
            note(key, outcome)
        return outcome

    def comparators_noted(value: Value, kind: str, comparators: dict[str, Any], clock: Clock) -> bool:
        for key, operand in comparators.items():
            note((kind, key), satisfies(value, kind, {key: operand}, clock))
        return satisfies(value, kind, comparators, clock)

    def window_noted(key: str, operand: Any, at: datetime, clock: Clock) -> bool:  # noqa: ANN401
        return note(("window", key), time_holds(key, operand, at, clock))

    monkeypatch.setattr(reference, "rule_holds", rule_noted)
    monkeypatch.setattr(reference, "satisfies", comparators_noted)
    monkeypatch.setattr(reference, "time_holds", window_noted)
    return seen


def test_every_leaf_and_comparator_is_true_and_false_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = record_outcomes(monkeypatch)
    sizes: Counter[str] = Counter()

    @FEW
    @given(st.data())
    def draw_and_evaluate(data: st.DataObject) -> None:
        timezone = data.draw(st.sampled_from(TIMEZONES))
        as_of = data.draw(as_of_instants(timezone))
        files = data.draw(definition_files(as_of, timezone))
        rows = data.draw(tables(as_of, timezone, string_keys=data.draw(st.booleans())))
        assert sum(len(file["segments"]) for file in files) == 30
        found = members(load(catalog_text(timezone)), [load(dump(file)) for file in files], rows, as_of)
        everybody = len(rows[CUSTOMERS])
        sizes.update({0: "nobody", everybody: "everybody"}.get(len(keys), "some") for keys in found.values())

    draw_and_evaluate()
    expected = {(kind, key) for kind in COMPARATORS if kind != "plan" for key in keys_of(kind)}
    expected |= {("window", key) for key in WINDOW_KEYS}
    assert {what for what in LEAVES | AGGREGATES | COMBINATORS | expected if len(seen.get(what, ())) < 2} == set()
    assert sizes["some"] > sizes["nobody"] + sizes["everybody"]


def keys_of(kind: str) -> set[str]:
    return {key for form in COMPARATORS[kind] for key in form.split()}


@FEW
@given(st.sampled_from(TIMEZONES).flatmap(lambda zone: st.tuples(st.just(zone), as_of_instants(zone))), st.data())
def test_definitions_stay_within_the_language(drawn: tuple[str, datetime], data: st.DataObject) -> None:
    timezone, as_of = drawn
    files = data.draw(definition_files(as_of, timezone, segments=12, files=3))
    for file in files:
        assert load(dump(file)) == as_text(file)
        assert not any(isinstance(token, yaml.AnchorToken | yaml.AliasToken) for token in yaml.scan(dump(file)))
    by_name = {segment["name"]: segment["rule"] for file in files for segment in file["segments"]}
    assert len(by_name) == 12
    for name, rule in by_name.items():
        assert depth(rule) <= 3
        assert name not in reached(rule, by_name)
        for where in wheres_in(rule):
            assert not any(set(wanted) & set(OF_THE_RUN) for wanted in where.values() if isinstance(wanted, dict))


def as_text(data: Any) -> Any:  # noqa: ANN401
    """Plain data as a loader that leaves scalars alone reads them."""
    if isinstance(data, dict):
        return {key: as_text(value) for key, value in data.items()}
    if isinstance(data, list):
        return [as_text(value) for value in data]
    return str(data).lower() if isinstance(data, bool) else str(data)


def parts_of(rule: dict[str, Any]) -> list[dict[str, Any]]:
    (inner,) = [rule[key] for key in COMBINATORS if key in rule] or [[]]
    return [inner] if isinstance(inner, dict) else inner


def depth(rule: dict[str, Any]) -> int:
    return max((1 + depth(part) for part in parts_of(rule)), default=0)


def reached(rule: dict[str, Any], by_name: dict[str, dict[str, Any]]) -> set[str]:
    """Every segment that a rule refers to, on whatever way. (A circle would not end.)"""
    found = {rule["segment"]} if "segment" in rule else set()
    for further in [*parts_of(rule), *(by_name[name] for name in found)]:
        found = found | reached(further, by_name)
    return found


def wheres_in(rule: dict[str, Any]) -> list[dict[str, Any]]:
    own = [rule["where"]] if "where" in rule else []
    return own + [where for part in parts_of(rule) for where in wheres_in(part)]


PYTHON_TYPES = {"varchar": "str", "bigint": "int", "double precision": "float", "numeric(18,2)": "Decimal"}
PYTHON_TYPES |= {"boolean": "bool", "date": "date", "timestamp": "datetime", "timestamptz": "datetime"}


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
        for model, key in ((CUSTOMERS, "customer_id"), (ORDERS, "order_id")):
            keys = [row[key] for row in rows[model]]
            assert None not in keys
            assert len(set(keys)) == len(keys)

    check()


def test_rows_lie_on_the_boundaries_and_a_microsecond_beside_them() -> None:
    # A day before is 23 hours before, for the clocks went forward in between.
    as_of = datetime(2024, 3, 10, 12, 0, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)
    there = set(moments(as_of, "America/New_York"))
    for edge in (as_of, as_of - timedelta(hours=23), as_of - timedelta(hours=36)):
        assert {edge - timedelta(microseconds=1), edge, edge + timedelta(microseconds=1)} <= there
