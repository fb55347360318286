"""keep_while, min_stay and cool_down over many runs, repeated runs and replays, against the oracle. On every engine."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from segctl.language.names import digest
from segctl.operations.questions.why import Question, why
from segctl.warehouse import Row
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.oracle.reference import History, Tables, load, members, memory_of

CATALOG = """
version: 1
timezone: Europe/London
entities:
  customer: {model: customers, key: customer_id, attributes: {vip: boolean}}
events:
  order: {model: orders, customer: customer_id, at: ordered_at, fields: {amount: number}}
"""
DEFINITIONS = """
version: 1
segments:
  - {name: plain, rule: {event: order, within_last: 4 days}}
  - name: sticky
    rule: {event: order, within_last: 4 days, times: {gte: 2}}
    keep_while: {event: order, within_last: 8 days}
  - {name: lasting, rule: {event: order, within_last: 2 days}, min_stay: 1 week}
  - {name: rested, rule: {event: order, within_last: 3 days}, cool_down: 10 days}
  - name: everything
    rule: {all: [{event: order, within_last: 2 days}, {attribute: vip, eq: true}]}
    keep_while: {event: order, within_last: 5 days}
    min_stay: 72 hours
    cool_down: 1 month
  - {name: follows, rule: {segment: sticky}, min_stay: 2 days}
"""
TABLES = {
    "customers": {"customer_id": "bigint", "vip": "boolean"},
    "orders": {"customer_id": "bigint", "ordered_at": "timestamp", "amount": "double precision"},
}
START = datetime(2024, 3, 20, 23, 30, tzinfo=UTC)
# The clocks change on 31 March. Exact week and month steps fall on the boundaries of min_stay and cool_down.
DAYS = (0, 1, 2, 3, 7, 9, 10, 11, 14, 17, 20, 31, 41, 45)


def rows() -> Tables:
    """Thirty customers who order in bursts. Their rows depend only on the as-of."""
    random = Random(7)
    orders: list[Row] = []
    for customer in range(30):
        day = random.uniform(-5, 6)
        while day < max(DAYS):
            at = START.replace(tzinfo=None) + timedelta(days=day)
            orders.append({"customer_id": customer, "ordered_at": at.replace(microsecond=0), "amount": 1.0})
            # Sometimes exactly as long ago as a window reaches.
            day += random.choice([0, 0.3, 1, 2, 3, 4, random.uniform(5, 14)])
            day = round(day * 24) / 24 if random.randrange(2) else day + 0.01
    return {
        "customers": [{"customer_id": n, "vip": n % 3 != 0} for n in range(30)],
        "orders": orders,
    }


def expected_stays(tables: Tables) -> History:
    history = History()
    for day in DAYS:
        asked = (load(CATALOG), [load(DEFINITIONS)], tables, START + timedelta(days=day))
        history.apply(asked[3], members(*asked), memory_of(*asked))
    return history


@pytest.fixture
def project(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> TestProject:
    made = TestProject(tmp_path, engine, f"memory_{digest(request.node.name, 8)}")
    made.load(rows(), TABLES)
    made.define(CATALOG, memory=DEFINITIONS)
    return made


def test_stays_over_many_runs_are_those_of_the_oracle(project: TestProject) -> None:
    project.runs([START + timedelta(days=day) for day in DAYS])
    wanted = [tuple(stay) for stay in expected_stays(rows()).stays()]
    assert project.stays() == sorted(wanted, key=lambda stay: (stay[0], str(stay[1]), stay[2]))
    # Every kind of memory must have had an effect.
    plain = {stay[1:] for stay in wanted if stay[0] == "plain"}
    for name in ("sticky", "lasting", "rested", "everything"):
        assert len({stay[1:] for stay in wanted if stay[0] == name} - plain) >= 5


def test_repeating_runs_changes_nothing(project: TestProject) -> None:
    """A run with other data first, then twice with the right data: as if it had been there at once."""
    right = rows()
    for day in DAYS[:3]:
        project.load({**right, "orders": right["orders"][::2]}, TABLES)
        project.run(START + timedelta(days=day))
        project.load(right, TABLES)
        project.run(START + timedelta(days=day))
        once = project.stays()
        project.run(START + timedelta(days=day))
        assert project.stays() == once
    history = History()
    for day in DAYS[:3]:
        asked = (load(CATALOG), [load(DEFINITIONS)], right, START + timedelta(days=day))
        history.apply(asked[3], members(*asked), memory_of(*asked))
    wanted = [tuple(stay) for stay in history.stays()]
    assert project.stays() == sorted(wanted, key=lambda stay: (stay[0], str(stay[1]), stay[2]))


def test_a_customer_who_is_gone_leaves_at_once_and_rests_when_back(project: TestProject) -> None:
    right = rows()
    project.run(START)
    stayed = {stay[1] for stay in project.stays() if stay[0] in ("lasting", "rested")}
    assert stayed
    gone = min(stayed, key=str)
    without = {**right, "customers": [row for row in right["customers"] if row["customer_id"] != gone]}
    project.load(without, TABLES)
    project.run(START + timedelta(days=1))
    ended = [stay for stay in project.stays() if stay[1] == gone]
    assert ended
    assert all(stay[3] == START + timedelta(days=1) for stay in ended)
    project.load(right, TABLES)
    project.run(START + timedelta(days=2))
    back = {stay[0] for stay in project.stays() if stay[1] == gone and stay[3] is None}
    assert "rested" not in back


def test_why_tells_what_the_memory_did(project: TestProject) -> None:
    project.runs([START + timedelta(days=day) for day in DAYS[:6]])
    asked = (load(CATALOG), [load(DEFINITIONS)], rows(), START + timedelta(days=DAYS[5]))
    ruled = members(*asked)
    now = project.members()
    kept = min(now["sticky"] - ruled["sticky"], key=str)
    reason = why(project.project, project.warehouse, Question(str(kept), "sticky"))
    assert reason.clause is not None
    assert not reason.clause.holds
    assert reason.keep_while is not None
    assert reason.keep_while.holds
    assert reason.notes == ["the rule no longer matches; keep_while or min_stay lets them stay"]
    resting = min(ruled["rested"] - now.get("rested", set()), key=str)
    reason = why(project.project, project.warehouse, Question(str(resting), "rested"))
    left = max(stay["left_at"] for stay in reason.stays)
    # Ten days by the calendar, from winter time to summer time.
    assert left == datetime(2024, 3, 22, 23, 30)
    assert reason.notes == [
        "the rule matches, but cool_down keeps them out for 10 days after they left",
        "cool_down keeps them out until 2024-04-01 23:30:00 BST, whatever the rule says",
    ]


# How many of two faults a test finds: a customer who matches the rule has no stay, and one who does not match has one.
# A customer who left may have to wait, and one who joined may have to stay.
FOUND = {"plain": 2, "sticky": 2, "lasting": 1, "follows": 1, "rested": 1, "everything": 0}


def test_dbt_test_knows_what_a_memory_allows(project: TestProject) -> None:
    project.run(START)
    asked = (load(CATALOG), [load(DEFINITIONS)], rows(), START)
    taken, keepers = members(*asked), memory_of(*asked).keepers
    for segment, found in FOUND.items():
        member = min(map(str, taken[segment]))
        other = min(str(n) for n in range(30) if n not in taken[segment] | keepers.get(segment, set()))
        changed = "update {}.segment_stays set customer_id = {} where customer_id = {} and segment = '{}'"
        project.execute(changed.format(project.schema, other, member, segment))
        told = "customers are not in the segments whose rules take them"
        if segment != "plain":
            told = f"members of {segment} are not those of its rule"
        expected = {f"segment_stays: {told}": found} if found else {}
        assert (segment, project.failures()) == (segment, expected)
        project.execute(changed.format(project.schema, member, other, segment))
