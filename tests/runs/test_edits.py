"""Which edits count, what comes back, and where a window, a pause or a day begins and ends. On every engine."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from segctl.errors import ProblemsFound
from segctl.language.names import digest
from segctl.project.project import planned
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.oracle.reference import Tables

CATALOG = """
version: 1
timezone: UTC
revenue: revenue
entities:
  customer: {model: customers, key: customer_id, attributes: {country: string}}
  account: {model: accounts, key: account_id, customers: account_id, attributes: {industry: string}}
events:
  order: {model: orders, customer: customer_id, at: ordered_at, fields: {amount: number}, where: {amount: {gt: 0}}}
  visit: {model: visits, customer: customer_id, at: {column: visited_on, type: date}}
metrics:
  revenue: {sum: order.amount}
  revenue_7d: {sum: order.amount, within_last: 7 days}
rules:
  active: {event: order, within_last: 7 days}
experiments:
  offer: {share: 50%, variants: {low: 50%, high: 50%}}
"""
DEFINITIONS = """
version: 1
segments:
  - {name: base, rule: {metric: revenue, gte: 100}}
  - {name: nests, rule: {segment: base}}
  - {name: named, rule: {rule: active}}
  - {name: gold, group: tier, priority: 1, rule: {metric: revenue, gte: 100}}
  - {name: silver, group: tier, priority: 2, rule: {metric: revenue, gte: 50}}
  - {name: bronze, group: tier, priority: 3, rule: {event: order}}
  - {name: lately, rule: {rank: revenue_7d, top: 1}}
  - {name: visitor, rule: {event: visit}}
  - {name: flicker, rule: {event: order, within_last: 1 day}}
  - {name: calm, rule: {event: order, within_last: 1 day}, cool_down: 20 days}
  - {name: rested, rule: {metric: revenue, gte: 50}, cool_down: 20 days}
  - {name: extended, extends: base, rule: {attribute: country, eq: GB}}
  - {name: kept, rule: {event: order}, keep_while: {segment: base}}
  - {name: best, rule: {event: visit}, limit: {rank: revenue, top: 5}}
  - {name: offered, rule: {experiment: offer, variant: low}}
  - {name: of_account, rule: {belongs_to: account, that: {customers: {segment: base}}}}
"""


def hashes(catalog: str = CATALOG, definitions: str = DEFINITIONS) -> dict[str, str]:
    plan = planned({"segments/catalog.yml": catalog.encode(), "segments/shop.yml": definitions.encode()})
    return {segment.segment.name: segment.definition_hash for segment in plan.segments}


def edited(old: str, new: str) -> set[str]:
    """The segments whose meaning changes with this edit of the catalog and the definitions."""
    assert old in CATALOG + DEFINITIONS
    before, after = hashes(), hashes(CATALOG.replace(old, new), DEFINITIONS.replace(old, new))
    return {name for name in before.keys() & after.keys() if before[name] != after[name]}


ORDERS = {"base", "nests", "named", "gold", "silver", "bronze", "lately", "flicker", "calm", "rested"} | {
    *("extended", "kept", "best", "of_account")
}


REVENUE = "rule: {metric: revenue, gte: "
# The edited text, its new text, and the segments whose meaning changes.
EDITS = [
    # A reference counts as if its text were there.
    (f"base, {REVENUE}100", f"base, {REVENUE}80", {"base", "nests", "extended", "kept", "of_account"}),
    ("within_last: 7 days}\nexperiments", "within_last: 8 days}\nexperiments", {"named"}),
    ("order.amount, within_last: 7", "order.amount, within_last: 8", {"lately"}),
    ("amount: {gt: 0}", "amount: {gt: 1}", ORDERS),
    ("low: 50%, high: 50%", "high: 60%, low: 40%", {"offered"}),
    ("rank: revenue, top: 5", "rank: revenue, top: 6", {"best"}),
    ("keep_while: {segment: base}", "keep_while: {rule: active}", {"kept"}),
    ("cool_down: 20 days}\n  - {name: rested", "cool_down: 21 days}\n  - {name: rested", {"calm"}),
    # A group's earlier members and its order decide who is left.
    (f"priority: 1, {REVENUE}100", f"priority: 1, {REVENUE}90", {"gold", "silver", "bronze"}),
    (f"priority: 2, {REVENUE}50", f"priority: 2, {REVENUE}40", {"silver", "bronze"}),
    ("tier, priority: 1", "tier, priority: 1, enabled: false", {"silver", "bronze"}),
    ("tier, priority: 1", "tier, priority: 9", {"gold", "silver", "bronze"}),
    # Another wording with the same meaning.
    ("priority: 3", "priority: 30", set()),
    ("name: base, rule", "name: base, label: Good ones, owner: us, tags: [a], guard: {min_size: 1}, rule", set()),
    ("name: base, rule", "name: base, enabled: false, rule", set()),
    ("version: 1\nsegments", "version: 1\n# Said of all.\nsegments", set()),
    ("{metric: revenue, gte: 50}, cool_down", "{gte: '50.0', metric: revenue}, cool_down", set()),
    (f"base, {REVENUE}100}}", "base, rule: {all: [{metric: revenue, gte: 100}]}", set()),
    ("keep_while: {segment: base}", "keep_while: {segment: nests}", set()),
    ("active", "lively", set()),
    ("revenue_7d", "spent_lately", set()),
    # A reference to a segment includes its rule and not its memory.
    (f"base, {REVENUE}100}}", f"base, {REVENUE}100}}, min_stay: 9 days", {"base"}),
]


@pytest.mark.parametrize(("old", "new", "found"), EDITS)
def test_an_edit_is_a_change_of_the_meaning(old: str, new: str, found: set[str]) -> None:
    assert edited(old, new) == found


def test_earlier_members_that_change_places_leave_the_later_ones_as_they_are() -> None:
    swapped = DEFINITIONS.replace("gold, group: tier, priority: 1", "gold, group: tier, priority: 2").replace(
        "silver, group: tier, priority: 2", "silver, group: tier, priority: 1"
    )
    before, after = hashes(), hashes(definitions=swapped)
    assert {name for name in before if before[name] != after[name]} == {"gold", "silver"}


def problem(catalog: str, definitions: str = DEFINITIONS) -> tuple[str, str]:
    with pytest.raises(ProblemsFound) as failure:
        hashes(catalog, definitions)
    (one,) = failure.value.problems
    return one.message, one.hint


def test_a_metric_is_called_revenue_where_it_is_the_revenue() -> None:
    clash = '"revenue" is the name of another column of customer_features'
    for catalog in (
        CATALOG.replace("revenue: revenue\n", ""),
        CATALOG.replace("revenue: revenue\n", "revenue: revenue_7d\n"),
    ):
        only = "version: 1\nsegments:\n  - {name: it, rule: {event: order}}\n"
        message, hint = problem(catalog, only)
        assert message == f"metric name {clash}"
        assert "revenue: revenue" in hint
    assert (
        problem(CATALOG.replace("country: string", "country: string, revenue: number"))[0] == f"attribute name {clash}"
    )
    assert (
        problem(CATALOG.replace("  revenue: {sum", "  revenue: {max"))[0]
        == "revenue must be a sum, but metric revenue is not one"
    )


def test_an_attribute_of_an_entity_is_no_column_of_its_table() -> None:
    catalog = CATALOG.replace("industry: string", "industry: string, revenue: number")
    hashes(catalog)
    about = "version: 1\nentity: account\nsegments:\n  - {name: it, rule: {attribute: revenue, gt: 1}}\n"
    message, hint = problem(catalog, about)
    assert message == 'attribute "revenue" of account is the name of another column of account_features'
    assert hint == "give it another name: account_revenue: {type: number, column: revenue}"


COLUMNS = {
    "customers": {"customer_id": "bigint", "country": "varchar", "account_id": "bigint"},
    "accounts": {"account_id": "bigint", "industry": "varchar"},
    "orders": {"customer_id": "bigint", "ordered_at": "timestamp", "amount": "double precision"},
    "visits": {"customer_id": "bigint", "visited_on": "date"},
}
DAY = [datetime(2024, 5, 1, tzinfo=UTC) + timedelta(days=number) for number in range(32)]
IT, OFTEN, LATER = 1, 4, 5


def order(customer: int, day: int, amount: float) -> dict[str, object]:
    at = DAY[day].replace(tzinfo=None) - timedelta(hours=1)
    return {"customer_id": customer, "ordered_at": at, "amount": amount}


def shop() -> Tables:
    return {
        "customers": [{"customer_id": number, "country": "GB", "account_id": 0} for number in range(6)],
        "accounts": [{"account_id": 0, "industry": "retail"}],
        "orders": [
            *(order(0, 0, 90.0), order(IT, 0, 120.0), order(LATER, 4, 60.0)),
            *(order(OFTEN, day, 10.0) for day in (1, 3, 8)),
        ],
        "visits": [{"customer_id": 2, "visited_on": DAY[2].date()}],
    }


class Story:
    """A project whose definitions are edited from run to run."""

    def __init__(self, project: TestProject) -> None:
        self.project = project
        project.load(shop(), COLUMNS)

    def run(self, at: datetime, *edits: tuple[str, str]) -> set[tuple[str, int, str, str]]:
        """The changes of a run as (segment, customer, change, cause), of definitions with these edits."""
        catalog, definitions = CATALOG, DEFINITIONS
        for old, new in edits:
            assert old in catalog + definitions
            catalog, definitions = catalog.replace(old, new), definitions.replace(old, new)
        self.project.define(catalog, shop=definitions)
        self.project.run(at)
        told = self.project.read("segment_changes")
        now = [row for row in told if row["changed_at"] == at.replace(tzinfo=None)]
        return {(row["segment"], row["customer_id"], row["change"], row["cause"]) for row in now}

    def flapping(self) -> set[object]:
        found = self.project.read("segment_customers")
        return {row["customer_id"] for row in found if row["segment"] == "flicker" and row["is_flapping"]}


def of(changes: set[tuple[str, int, str, str]], *segments: str) -> set[tuple[str, int, str, str]]:
    return {change for change in changes if change[0] in segments}


BASE = ("name: base, rule: {metric: revenue, gte: 100}", "name: base, rule: {metric: revenue, gte: 80}")
RULE = ("within_last: 7 days}\nexperiments", "within_last: 1 day}\nexperiments")
SWAPPED = [
    ("gold, group: tier, priority: 1", "gold, group: tier, priority: 2"),
    (f"silver, group: tier, priority: 2, {REVENUE}50", f"silver, group: tier, priority: 1, {REVENUE}50"),
]
SECOND = (f"priority: 1, {REVENUE}50", f"priority: 1, {REVENUE}500")
NO_REST = ("name: rested, rule", "name: rested, enabled: false, rule")
NO_CALM = ("name: calm, rule", "name: calm, enabled: false, rule")
NO_LATELY = ("  - {name: lately, rule: {rank: revenue_7d, top: 1}}\n", "")


def test_edits_pauses_and_boundaries_from_run_to_run(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    story = Story(TestProject(tmp_path, engine, f"edits_{digest(request.node.name, 8)}"))
    first = story.run(DAY[0])
    assert of(first, "lately", "rested") == {
        ("lately", IT, "joined", "first_run"),
        *(("rested", customer, "joined", "first_run") for customer in (0, IT)),
    }
    features = {row["customer_id"]: row["revenue"] for row in story.project.read("customer_features")}
    assert (features[0], features[2]) == (90, 0)
    assert {row["total_revenue"] for row in story.project.read("segment_sizes")} == {210}

    # A nested segment, a named rule and the order of a group are edited. One segment is paused.
    run_report = story.run(DAY[1], BASE, RULE, *SWAPPED, NO_REST)
    assert of(run_report, "base", "nests", "extended", "named", "gold", "silver", "rested") == {
        *((segment, 0, "joined", "definition") for segment in ("base", "nests", "extended")),
        *(("named", customer, "left", "definition") for customer in (0, IT)),
        ("named", OFTEN, "joined", "definition"),
        ("gold", IT, "left", "definition"),
        ("silver", IT, "joined", "definition"),
        *(("rested", customer, "left", "disabled") for customer in (0, IT)),
    }

    # An earlier member of the group is edited. No customer had left the paused segment, so no customer has to wait. A
    # segment is gone. A day without a passed instant has not come, although its rows exist.
    run_report = story.run(DAY[2], BASE, RULE, *SWAPPED, SECOND, NO_LATELY)
    assert of(run_report, "gold", "silver", "bronze", "rested", "lately", "visitor", "calm") == {
        ("silver", IT, "left", "definition"),
        ("silver", 0, "left", "definition"),
        ("gold", IT, "joined", "definition"),
        ("bronze", 0, "joined", "definition"),
        *(("rested", customer, "joined", "enabled") for customer in (0, IT)),
        ("lately", IT, "left", "removed"),
        ("calm", OFTEN, "left", "time"),
    }

    # The removed segment comes back unchanged. The day has come.
    run_report = story.run(DAY[3], BASE, RULE, *SWAPPED, SECOND, NO_CALM)
    assert of(run_report, "lately", "visitor", "rested", "calm", "gold") == {
        ("lately", IT, "joined", "enabled"),
        ("visitor", 2, "joined", "activity"),
    }
    versions = [row for row in story.project.read("segment_definitions") if row["segment"] == "lately"]
    assert [row["version"] for row in sorted(versions, key=lambda row: row["valid_from"])] == [1, 2]
    assert len({row["definition_hash"] for row in versions}) == 1

    story.run(DAY[4], BASE, RULE, *SWAPPED, SECOND)
    # Their own window moved, or that of others. A customer who left without a pause waits, whatever was paused since.
    run_report = story.run(DAY[8], BASE, RULE, *SWAPPED, SECOND)
    assert of(run_report, "lately", "calm", "flicker") == {
        ("lately", IT, "left", "time"),
        ("lately", LATER, "joined", "population"),
        ("flicker", OFTEN, "joined", "activity"),
        ("flicker", LATER, "left", "time"),
        ("calm", LATER, "left", "time"),
    }

    # The third rejoin is exactly 30 days old in the last run, and no longer counts.
    story.run(DAY[31] - timedelta(seconds=1), BASE, RULE, *SWAPPED, SECOND)
    assert story.flapping() == {OFTEN}
    story.run(DAY[31], BASE, RULE, *SWAPPED, SECOND)
    assert story.flapping() == set()
    assert story.project.failures() == {}
