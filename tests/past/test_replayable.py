"""Which segments a replay computes exactly: not those of customers without an event that shows their existence."""

from collections import Counter
from datetime import datetime

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from segctl.plan.plan import Plan
from segctl.plan.planned import PlannedSegment
from segctl.project.project import planned
from tests.support.oracle.reference import Tables, load, members
from tests.support.oracle.world import world_of
from tests.support.strategies.definitions import TIMEZONES, as_of_instants, catalog_text, definition_files, dump, tables
from tests.support.strategies.shop import CUSTOMERS

CATALOG = """
version: 1
timezone: Europe/London
holdout: 5%
entities:
  customer:
    model: customers
    key: customer_id
    attributes:
      birthday: {type: date, fixed: true}
      country: {type: string, fixed: true}
      email: string
      points: {type: number, fixed: true}
      plan: {type: string, history: {model: plans, customer: customer_id, from: valid_from}}
  account:
    model: accounts
    key: account_id
    customers: account_id
    attributes: {industry: {type: string, fixed: true}}
events:
  order: {model: orders, customer: customer_id, at: ordered_at, fields: {amount: number, channel: string}}
metrics:
  spent: {sum: order.amount}
  order_count: {count: order}
  average_order: {avg: order.amount}
  last_order_at: {last: order}
  first_channel: {first: order.channel}
  usual_gap: {usual_gap: order}
  spent_lately: {sum: order.amount, within_last: 30 days}
  share_lately: {ratio: [spent_lately, spent]}
  spent_before: {difference: [spent, spent_lately]}
  below_average: {difference: [average_order, spent]}
rules:
  buyer: {event: order}
"""
# Why each rule is partial without `since`.
FULL = [
    "{event: order}",
    "{event: order, times: {gt: 0}}",
    "{event: order, times: {not_in: [0, 1]}}",
    "{event: order, times: {between: [1, 3]}}",
    "{event: order, sum: amount, lt: 0}",
    "{event: order, avg: amount, lt: 10}",
    "{metric: spent, ne: 0}",
    "{metric: last_order_at, older_than: 60 days}",
    "{metric: first_channel, ne: web}",
    "{metric: usual_gap, is: set}",
    "{metric: share_lately, lt: 0.5}",
    "{metric: spent_before, gt: 0}",
    "{metric: below_average, lte: 0}",
    "{sequence: [{event: order}, {event: order, within: 3 days, never: true}]}",
    "{affinity: order.channel, ne: web}",
    "{overdue: order, fallback: 60 days}",
    "{due: order, every: 90 days, within_next: 14 days}",
    "{rule: buyer}",
    "{segment: reference}",
    "{not: {event: order, never: true}}",
    "{all: [{event: order}, {attribute: birthday, older_than: 18 years}]}",
    "{all: [{rule: buyer}, {event: order, never: true, within_last: 60 days}]}",
    "{any: [{event: order, times: {gte: 3}}, {all: [{holdout: true}, {metric: spent, gt: 1}]}]}",
    "{none: [{metric: last_order_at, is: missing}, {sample: 10%, salt: spring}]}",
    "{rank: last_order_at, top: 20%}",
    "{rank: spent, top_share: 80%}",
    "{rank: spent, top: 20%, among: {rule: buyer}}",
    "{rank: points, tiles: 5, in: 1, per: country, among: {event: order}}",
    "{rank: average_order, tiles: 5, in: [4, 5]}",
    "{rank: points, top: 5, among: {rank: last_order_at, tiles: 2, in: 1}}",
]
OF_CUSTOMERS = [
    "{event: order, never: true}",
    "{event: order, times: {lt: 3}}",
    "{event: order, times: {in: [0, 2]}}",
    "{event: order, sum: amount, lte: 0}",
    "{metric: average_order, is: missing}",
    "{metric: order_count, is: set}",
    "{metric: spent_before, eq: 0}",
    "{not: {event: order, within_last: 30 days}}",
    "{sample: 10%, salt: spring}",
    "{holdout: false}",
    "{attribute: birthday, older_than: 18 years}",
    "{attribute: plan, eq: gold}",
    "{sql: order_count > 1}",
    "{any: [{event: order}, {attribute: birthday, is: missing}]}",
    "{none: [{attribute: birthday, is: set}]}",
    "{rank: spent, top: 20%}",
    "{rank: order_count, bottom: 5}",
    "{rank: points, top: 500}",
    "{rank: points, top_share: 80%}",
    "{rank: spent_before, tiles: 5, in: 5}",
    "{rank: spent, top: 20%, among: {not: {rule: buyer}}}",
    "{all: [{event: order}, {rank: spent, top: 20%}]}",
    "{all: [{event: order}, {not: {rank: points, top: 20%}}]}",
    "{rank: last_order_at, top: 5, among: {rank: spent, top: 20%}}",
]
OTHERS = [
    ("{attribute: email, is: set}", ("customer", "email")),
    ("{all: [{event: order}, {attribute: email, is: set}]}", ("email",)),
    ("{belongs_to: account}", ("account", "customer")),
    ("{all: [{event: order}, {belongs_to: account}]}", ("account",)),
    ("{all: [{event: order}, {belongs_to: account, that: {customers: {event: order}}}]}", ("account",)),
    (
        "{all: [{event: order}, {belongs_to: account, that: {customers: {not: {event: order}}}}]}",
        ("account", "customer"),
    ),
]


def planned_of(rule: str, more: str = "", entity: str = "customer", catalog: str = CATALOG) -> PlannedSegment:
    texts = {"segments/catalog.yml": catalog.encode()}
    one = f"version: 1\nentity: {entity}\nsegments:\n  - {{name: one, rule: {rule}{more}}}\n"
    other = "version: 1\nsegments:\n  - {name: reference, rule: {event: order}}\n"
    found = planned({**texts, "segments/some.yml": one.encode(), "segments/others.yml": other.encode()})
    return next(segment for segment in found.segments if segment.segment.name == "one")


@pytest.mark.parametrize(
    ("rule", "changing"), [*((rule, ()) for rule in FULL), *((rule, ("customer",)) for rule in OF_CUSTOMERS), *OTHERS]
)
def test_without_since_customers_who_may_not_have_existed_make_a_segment_partial(
    rule: str, changing: tuple[str, ...]
) -> None:
    found = planned_of(rule)
    assert found.changing == changing
    assert found.replayable == ("partial" if changing else "full")


@pytest.mark.parametrize("rule", [*FULL, *OF_CUSTOMERS])
def test_with_since_it_is_known_who_existed(rule: str) -> None:
    dated = CATALOG.replace("    key: customer_id\n", "    key: customer_id\n    since: signed_up_at\n")
    assert planned_of(rule, catalog=dated).replayable == "full"


def test_groups_limits_and_memory_count() -> None:
    assert planned_of("{event: order}", ", limit: {rank: points, top: 5}").changing == ()
    assert planned_of("{attribute: points, gt: 5}", ", limit: {rank: points, top: 5}").changing == ("customer",)
    # Customers who match the rule have ordered, so `keep_while` need not require it. Unless it counts other customers.
    assert planned_of("{event: order}", ", keep_while: {attribute: points, gt: 5}").changing == ()
    assert planned_of("{event: order}", ", keep_while: {rank: points, top: 20%}").changing == ("customer",)


def test_segments_of_accounts_count_customers() -> None:
    def changing(rule: str) -> tuple[str, ...]:
        return planned_of(rule, entity="account").changing

    assert changing("{customers: {event: order}, times: {gte: 2}}") == ("account",)
    assert changing("{customers: {event: order, never: true}, times: {gte: 2}}") == ("account", "customer")
    assert changing("{customers: {event: order, never: true}, sum: spent, gt: 2}") == ("account",)
    assert changing("{attribute: industry, eq: food}") == ()


def safe_segments(plan: Plan) -> list[str]:
    return [
        segment.segment.name
        for segment in plan.segments
        if "customer" not in segment.changing and segment.segment.enabled
    ]


def without_idle_customers(catalog: str, rows: Tables, as_of: datetime) -> Tables:
    """The rows without the customers who had no events by then."""
    seen = {customer for found in world_of(load(catalog), [], rows, as_of).events.values() for customer in found}
    return rows | {CUSTOMERS: [row for row in rows[CUSTOMERS] if row["customer_id"] in seen]}


def test_customers_without_events_do_not_change_exact_segments() -> None:
    counts: Counter[str] = Counter()

    @settings(
        max_examples=60,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(TIMEZONES), st.data())
    def compare(timezone: str, data: st.DataObject) -> None:
        as_of = data.draw(as_of_instants(timezone))
        files = [dump(file) for file in data.draw(definition_files(as_of, timezone, segments=30))]
        rows = data.draw(tables(as_of, timezone, orders=30, visits=15))
        catalog = catalog_text(timezone)
        texts = {f"segments/file_{number}.yml": text.encode() for number, text in enumerate(files)}
        safe = safe_segments(planned({"segments/catalog.yml": catalog.encode(), **texts}))
        definitions = [load(text) for text in files]
        everybody = members(load(catalog), definitions, rows, as_of)
        fewer = without_idle_customers(catalog, rows, as_of)
        others = members(load(catalog), definitions, fewer, as_of)
        assert {name: everybody[name] for name in safe} == {name: others[name] for name in safe}
        counts["customers left out"] += len(rows[CUSTOMERS]) - len(fewer[CUSTOMERS])
        counts["safe"] += len(safe)
        counts["safe with members"] += sum(bool(everybody[name]) for name in safe)
        counts["others"] += len(everybody) - len(safe)
        counts["others that differ"] += sum(everybody[name] != others[name] for name in everybody.keys() - set(safe))

    compare()
    # Calling nothing exact would be easy, and calling everything exact would test nothing.
    assert counts["customers left out"] > 300
    assert counts["safe with members"] > 100
    assert counts["others that differ"] > 0.5 * counts["others"]
