"""Any sequence of changes, runs, kills, replays and erasures, against a model in plain Python.

Bounded unless SEGCTL_FAULTS=full, which draws many more, shrinks failures, and runs on PostgreSQL too.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from segctl.operations.people.erase import erase
from segctl.operations.recomputation.replay import Schedule, replay
from segctl.warehouse import RUN_MODELS, RunRequest
from tests.support.built_project import MEMBERS, TestProject
from tests.support.engines import Engine
from tests.support.shops.machine_model import CATALOG, RULES, Model

FULL = os.environ.get("SEGCTL_FAULTS") == "full"
EXAMPLES = int(os.environ.get("SEGCTL_EXAMPLES", "200" if FULL else "2"))
STEPS = 30 if FULL else 14
SEED = int(os.environ.get("SEGCTL_SEED", "4"))
COLUMNS = {
    "customers": {"id": "varchar", "country": "varchar"},
    "orders": {"order_id": "bigint", "customer": "varchar", "ordered_at": "timestamp", "amount": "double precision"},
}
# The tables that a run writes, in order. A killed run has written the first few.
FEATURES = ("order_features", "population_features", "customer_features")
AFTER = ("segment_proposals", "run_sizes", "segment_stays")
WRITTEN = ("run_sources", "source_days", *FEATURES, "definition_versions", *AFTER)
# Each run rebuilds ranks, if there are any.
KEPT = tuple(table for table in WRITTEN if table != "population_features")
HISTORY = ("segment_runs", *KEPT, "erasures", "erased_members", "segment_corrections")
START = datetime(2024, 3, 29)
CUSTOMERS = tuple(f"c{number}" for number in range(6))
KINDS = [kind for kind in RULES if kind != "fresh"]
ALLOWED = ("*",)


class Machine(RuleBasedStateMachine):
    """Each step changes the project and the model alike. After each step that touches the tables they are compared."""

    project: TestProject  # built once; each example begins with empty tables

    def __init__(self) -> None:
        super().__init__()
        self.model = Model(KINDS)
        self.number = 0
        self.defined = ""
        self.changed = False
        for table in HISTORY:
            self.project.execute(f"delete from {self.project.schema}.{table}")
        for table in COLUMNS:
            self.project.execute(f"delete from {self.project.schema}_raw.{table}")

    def raw(self, sql: str) -> None:
        self.project.execute(sql.format(raw=f"{self.project.schema}_raw"))

    def define(self) -> None:
        """Writes the definitions if they changed, and makes dbt parse the project again."""
        text = self.model.definitions()
        if text != self.defined:
            self.project.define(CATALOG, shop=text)
            self.live, self.defined = self.project.warehouse.loaded(), text

    @property
    def last(self) -> datetime:
        return self.model.recorded.runs[-1] if self.model.recorded.runs else START

    @property
    def has_run(self) -> bool:
        return bool(self.model.recorded.runs)

    @initialize(countries=st.lists(st.sampled_from(["GB", "FR"]), min_size=4, max_size=4))
    def open_shop(self, countries: list[str]) -> None:
        for customer, country in zip(CUSTOMERS, countries, strict=False):
            self.insert_customer(customer, country)
        for place in range(8):
            self.insert_order(CUSTOMERS[place % 4], place * 7 - 40, 20.0 + 15 * (place % 3))
        self.run(0)

    @rule(customer=st.sampled_from(CUSTOMERS), country=st.sampled_from(["GB", "FR"]))
    def insert_customer(self, customer: str, country: str) -> None:
        """A new customer, one who comes back, or a changed attribute."""
        self.model.customers[customer] = country
        self.raw(f"delete from {{raw}}.customers where id = '{customer}'")
        self.raw(f"insert into {{raw}}.customers values ('{customer}', '{country}')")

    @rule(customer=st.sampled_from(CUSTOMERS), hours=st.integers(-72, 30), amount=st.sampled_from([20.0, 45.0, 70.0]))
    def insert_order(self, customer: str, hours: int, amount: float) -> None:
        """At a time around the last run: before it, the event is late. After it, the event does not exist yet."""
        self.number += 1
        at = self.last + timedelta(hours=hours)
        self.model.orders[self.number] = (customer, at, amount)
        self.raw(f"insert into {{raw}}.orders values ({self.number}, '{customer}', timestamp '{at}', {amount})")

    @precondition(lambda self: self.model.orders)
    @rule(data=st.data())
    def delete_order(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.model.orders)))
        del self.model.orders[number]
        self.raw(f"delete from {{raw}}.orders where order_id = {number}")

    @precondition(lambda self: len(self.model.customers) > 1)
    @rule(data=st.data())
    def delete_customer(self, data: st.DataObject) -> None:
        self.lose_customer(data.draw(st.sampled_from(sorted(self.model.customers))))

    def lose_customer(self, customer: str) -> None:
        del self.model.customers[customer]
        self.raw(f"delete from {{raw}}.customers where id = '{customer}'")

    @rule(kind=st.sampled_from(KINDS), data=st.data())
    def edit(self, kind: str, data: st.DataObject) -> None:
        self.model.segments[kind].value = data.draw(st.sampled_from(RULES[kind][1]))

    @rule(kind=st.sampled_from(KINDS))
    def switch(self, kind: str) -> None:
        """Disables an enabled segment, and enables a disabled one."""
        self.model.segments[kind].enabled = not self.model.segments[kind].enabled

    @rule(kind=st.sampled_from(KINDS))
    def remove_or_bring_back(self, kind: str) -> None:
        others = [segment for name, segment in self.model.segments.items() if segment.there and name != kind]
        if others:
            self.model.segments[kind].there = not self.model.segments[kind].there

    @rule(kind=st.sampled_from(KINDS))
    def rename(self, kind: str) -> None:
        """Only once its present name is recorded, because a file has one former name."""
        segment = self.model.segments[kind]
        if segment.there and self.model.names.get(kind) == segment.name:
            segment.former, segment.name = segment.name, f"{segment.name}_x"

    @rule(hours=st.sampled_from([1, 12, 24, 30]))
    def run_later(self, hours: int) -> None:
        self.run(hours)

    @rule()
    def run_again(self) -> None:
        self.run(0)

    def run(self, hours: int) -> None:
        self.define()
        as_of = self.last + timedelta(hours=hours)
        self.live.build(RunRequest(as_of, ALLOWED), only=RUN_MODELS)
        self.model.run(as_of)
        self.changed = True

    @rule(hours=st.sampled_from([0, 12, 24]), written=st.integers(1, len(WRITTEN)))
    def run_and_kill(self, hours: int, written: int) -> None:
        self.define()
        as_of = self.last + timedelta(hours=hours)
        self.live.build(
            RunRequest(as_of, ALLOWED), only=(*WRITTEN[:written], *([MEMBERS] if AFTER[0] in WRITTEN[:written] else []))
        )
        if "customer_features" in WRITTEN[:written]:
            self.model.write_features(as_of)
        if "definition_versions" in WRITTEN[:written]:
            self.model.carry_names()
        runs = {row["as_of"] for row in self.project.read("segment_runs")}
        if hours == 0 and as_of not in runs:
            self.model.unfinished()
        self.changed = True

    @precondition(lambda self: self.has_run and "fresh" not in self.model.segments)
    @rule()
    def replay_a_new_segment(self) -> None:
        self.model.add_with_a_past("fresh")
        self.define()
        first = self.model.recorded.runs[0]
        schedule = Schedule(f"{first.isoformat()}Z", "", "1d")
        replay(self.project.project, self.project.warehouse, schedule, ["fresh"], lambda *_: None)
        self.changed = True

    @precondition(lambda self: self.has_run)
    @rule(customer=st.sampled_from(CUSTOMERS))
    def erase_somebody(self, customer: str) -> None:
        self.define()
        erase(self.project.project, self.project.warehouse, [customer], "customer", False)
        self.model.erase(customer)
        self.changed = True

    @invariant()
    def tables_are_the_models(self) -> None:
        if not self.changed:
            return
        self.changed = False
        recorded, kinds = self.model.recorded, {name: kind for kind, name in self.model.names.items()}
        self.compare_stays(kinds)
        sizes = {
            (row["as_of"], kinds[row["segment"]]): (row["size"], row["joined_count"], row["left_count"])
            for row in self.project.read("segment_sizes")
        }
        assert sizes == recorded.sizes
        versions = {
            (kinds[row["segment"]], row["version"]): (row["valid_from"], row["valid_to"], row["enabled"])
            for row in self.project.read("segment_definitions")
        }
        assert versions == {
            (kind, number): (one.valid_from, one.valid_to, one.enabled)
            for kind, listed in recorded.versions.items()
            for number, one in enumerate(listed, 1)
        }
        assert sorted(row["as_of"] for row in self.project.read("segment_runs")) == recorded.runs

    def compare_stays(self, kinds: dict[str, str]) -> None:
        """Causes too. Where the model allows several, any of them."""
        wanted = {stay[:4]: stay[4:] for stay in self.model.recorded.stays()}
        rows = self.project.read("segment_history")
        result = {
            (kinds[row["segment"]], row["customer_id"], row["joined_at"], row["left_at"]): (
                row["join_cause"],
                row["leave_cause"],
            )
            for row in rows
        }
        assert len(result) == len(rows)
        assert result.keys() == wanted.keys()
        for stay, (joined, left) in result.items():
            assert joined in wanted[stay][0], (stay, joined, wanted[stay])
            assert left in (wanted[stay][1] or {None}), (stay, left, wanted[stay])
        members = {(kinds[row["segment"]], row["customer_id"]) for row in self.project.read("segment_membership")}
        assert members == set(self.model.recorded.open)


def engines() -> list[Any]:
    return ["duckdb", *([pytest.param("postgres", marks=pytest.mark.postgres)] if FULL else [])]


@pytest.fixture(scope="module", params=engines())
def machine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> type[Machine]:
    """The machine on a built project."""
    name = request.param
    engine = Engine(name, request.getfixturevalue("server") if name == "postgres" else None)
    project = TestProject(tmp_path_factory.mktemp(name), engine, "machine")
    project.load({table: [] for table in COLUMNS}, COLUMNS)
    project.define(CATALOG, shop=Model(KINDS).definitions())
    project.run(START.replace(tzinfo=UTC))
    return type("Machine", (Machine,), {"project": project, "TestCase": None})


def test_a_run_killed_after_any_table_with_every_kind_of_step_before_it(machine: type[Machine]) -> None:
    """What chance may miss: joins, leaves, and changes of definitions in each run that is killed."""
    shop = machine()
    shop.open_shop(["GB", "FR", "GB", "FR"])
    shop.tables_are_the_models()
    before: list[Callable[[], None]] = [
        lambda: shop.lose_customer("c1"),
        lambda: shop.rename("spender"),
        lambda: shop.remove_or_bring_back("gold"),
        lambda: shop.switch("country"),
        lambda: shop.insert_customer("c1", "GB"),
        lambda: shop.remove_or_bring_back("gold"),
        lambda: shop.switch("country"),
        lambda: shop.lose_customer("c2"),
        lambda: shop.insert_customer("c2", "GB"),
    ]
    for written, change in zip(range(len(WRITTEN), 0, -1), before, strict=True):
        change()
        shop.insert_order(f"c{written % 4}", -2, 70.0)
        for hours in (24, 0):
            shop.run_and_kill(hours, written)
            shop.tables_are_the_models()
        shop.run(12 if written % 2 else 0)
        shop.tables_are_the_models()
    shop.replay_a_new_segment()
    shop.tables_are_the_models()
    shop.erase_somebody("c0")
    shop.run_later(30)
    shop.tables_are_the_models()


def test_any_sequence_of_steps(machine: type[Machine]) -> None:
    chosen = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink] if FULL else [Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    run_state_machine_as_test(seed(SEED)(machine), settings=chosen)
