"""The report of the demo shop after two runs, each number against an independent calculation, and unusual shops."""

from collections import Counter
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import pytest
import yaml

from segctl.errors import Failure
from segctl.language.names import digest
from segctl.operations.definitions.explain import explain
from segctl.operations.exports.bi_file import write_bi_file
from segctl.operations.report import Report, Request, read_report, target_of, write_page
from segctl.operations.report.contents import Flow, Segment
from segctl.operations.report.flows import MOST_RUNS, runs_compared
from segctl.operations.report.small import Least
from segctl.page import page
from segctl.personal_data.files import forget
from segctl.personal_data.report_pages import Holds, held_by
from segctl.project.project import Project
from segctl.warehouse import Warehouse
from tests.support.built_project import TestProject
from tests.support.engines import Engine, release
from tests.support.shops.demo_project import copied, segctl

FIRST, LAST = datetime(2025, 12, 22), datetime(2025, 12, 29)
INSTANTS = (FIRST, LAST)


@pytest.fixture(scope="module")
def shop(demo_after_two_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(demo_after_two_runs, tmp_path_factory.mktemp("report") / "shop")


@pytest.fixture(scope="module")
def read(shop: Path) -> dict[int, Report]:
    """Reports by the smallest number of customers that they describe."""
    warehouse = Warehouse(shop, profiles=str(shop))
    found = {least: read_report(Project(shop), warehouse, Request(least)) for least in (0, 5)}
    release()
    return found


@pytest.fixture(scope="module")
def told(read: dict[int, Report]) -> Report:
    return read[0]


@pytest.fixture(scope="module")
def segments(told: Report) -> dict[str, Segment]:
    return {one.name: one for one in told.segments if one.enabled}


@pytest.fixture(scope="module")
def rows(shop: Path, read: dict[int, Report]) -> Any:  # noqa: ANN401
    assert read

    def query(sql: str) -> list[tuple[Any, ...]]:
        with closing(duckdb.connect(str(shop / "segctl.duckdb"), read_only=True)) as connection:
            return list(connection.execute(sql).fetchall())

    return query


@pytest.fixture(scope="module")
def stays(rows: Any) -> list[tuple[str, Any, datetime, datetime | None, str, str | None]]:  # noqa: ANN401
    sql = "select segment, customer_id, joined_at, left_at, join_cause, leave_cause from segment_history"
    return list(rows(sql))


@pytest.fixture(scope="module")
def spent(rows: Any) -> dict[Any, list[float]]:  # noqa: ANN401
    """The orders of each customer, by what was paid."""
    sql = "select c.customer_id, o.amount from stg_customers as c left join stg_orders as o"
    sql += f" on c.customer_id = o.customer_id and o.ordered_at <= '{LAST}'"
    sql += f" and o.status not in ('cancelled', 'refunded') where c.signed_up_at <= '{LAST}'"
    found: dict[Any, list[float]] = {}
    for customer, amount in rows(sql):
        found.setdefault(customer, []).extend([float(amount)] if amount is not None else [])
    return found


@pytest.fixture(scope="module")
def members(stays: list[tuple[Any, ...]], segments: dict[str, Segment]) -> dict[str, set[Any]]:
    found: dict[str, set[Any]] = {name: set() for name in segments}
    for segment, customer, _, left, *_ in stays:
        if left is None:
            found[segment].add(customer)
    return found


def test_it_is_the_same_from_the_file_that_bi_reads(shop: Path, read: dict[int, Report]) -> None:
    project = Project(shop)
    write_bi_file(project, Warehouse(shop, profiles=str(shop)), str(shop / "bi.duckdb"))
    for least, expected in read.items():
        found = read_report(project, shop / "bi.duckdb", Request(least))
        assert replace(found, written_at="") == replace(expected, written_at="")
    release()
    with pytest.raises(Failure, match="not a BI file of segctl"):
        read_report(project, shop / "segctl.duckdb", Request())


def test_sizes_and_causes_are_those_of_the_stays(
    told: Report, segments: dict[str, Segment], stays: list[tuple[Any, ...]]
) -> None:
    assert [run.as_of for run in told.runs] == ["2025-12-22T00:00:00+00:00", "2025-12-29T00:00:00+00:00"]
    assert told.as_of == told.runs[-1].as_of
    causes: Counter[tuple[str, int, str, str]] = Counter()
    sizes: Counter[tuple[str, int]] = Counter()
    for segment, _, joined, left, join_cause, leave_cause in stays:
        for place, instant in enumerate(INSTANTS):
            sizes[segment, place] += joined <= instant and (left is None or left > instant)
            causes[segment, place, "joined", join_cause] += joined == instant
            causes[segment, place, "left", str(leave_cause)] += left == instant
    for name, one in segments.items():
        assert one.history.runs == (0, 1)
        assert one.history.sizes == (sizes[name, 0], sizes[name, 1])
        moved = {(change, place): 0 for change in ("joined", "left") for place in (0, 1)}
        for (segment, place, change, _), count in causes.items():
            moved[change, place] += count if segment == name else 0
        assert one.history.joined == (moved["joined", 0], moved["joined", 1])
        assert one.history.left == (moved["left", 0], moved["left", 1])
        assert (one.size, one.joined, one.left) == (sizes[name, 1], moved["joined", 1], moved["left", 1])
        found = {(name, it.run, it.change, it.cause): it.customers for it in one.causes}
        assert found == {key: count for key, count in causes.items() if key[0] == name and count}
    assert told.runs[1].joined == sum(one.joined or 0 for one in segments.values())
    assert told.runs[1].left == sum(one.left or 0 for one in segments.values())


def test_what_members_are_worth(
    told: Report, segments: dict[str, Segment], members: dict[str, set[Any]], spent: dict[Any, list[float]]
) -> None:
    worth = {customer: sum(orders) for customer, orders in spent.items()}
    total = sum(worth.values())
    assert told.headline.customers == len(worth) == told.runs[-1].customers
    assert told.headline.revenue == pytest.approx(total, abs=0.001)
    assert told.headline.in_segments == len(set().union(*members.values()))
    for name, one in segments.items():
        theirs = [worth[customer] for customer in members[name]]
        others = [value for customer, value in worth.items() if customer not in members[name]]
        assert one.revenue == pytest.approx(sum(theirs), abs=0.001)
        assert one.revenue_share == pytest.approx(sum(theirs) / total, abs=1e-5)
        assert one.average_revenue == (pytest.approx(sum(theirs) / len(theirs), abs=0.001) if theirs else None)
        assert one.others_average_revenue == (pytest.approx(sum(others) / len(others), abs=0.001) if others else None)
        assert one.orders == sum(len(spent[customer]) for customer in members[name])
        assert one.history.revenue[-1] == one.revenue
        buyers = [sum(spent[customer]) for customer in members[name] if spent[customer]]
        assert one.median_revenue == (pytest.approx(median(buyers), abs=0.001) if buyers else None) or len(
            buyers
        ) < len(theirs)


def test_who_may_be_contacted_and_whence_they_came(
    segments: dict[str, Segment],
    stays: list[tuple[Any, ...]],
    members: dict[str, set[Any]],
    rows: Any,  # noqa: ANN401
) -> None:
    people = {
        row[0]: row[1:] for row in rows("select customer_id, marketing_consent, acquisition_channel from stg_customers")
    }
    for name, one in segments.items():
        assert one.eligible == sum(people[customer][0] is True for customer in members[name])
        joined = Counter(people[customer][1] or "(unknown)" for segment, customer, *_ in stays if segment == name)
        now = Counter(people[customer][1] or "(unknown)" for customer in members[name])
        assert {it.source: (it.joined, it.members) for it in one.sources} == {
            source: (count, now[source]) for source, count in joined.items()
        }
        assert {it.joined_month for it in one.sources} == ({"2025-12"} if joined else set())
        # No customer was seen for a month.
        assert one.retention == ()
        firsts = {customer for segment, customer, *_ in stays if segment == name}
        won = {it.source: it.joined for it in one.returns if it.joined}
        assert won == Counter(people[customer][1] or "(unknown)" for customer in firsts)


def test_overlap_concentration_and_migration(
    told: Report,
    segments: dict[str, Segment],
    stays: list[tuple[Any, ...]],
    members: dict[str, set[Any]],
    spent: dict[Any, list[float]],
) -> None:
    names = [one.name for one in told.segments]
    pairs = {(names[it.one], names[it.other]): it.customers for it in told.overlaps}
    assert pairs == {
        (one, other): len(members[one] & members[other])
        for one in members
        for other in members
        if one < other and members[one] & members[other]
    }
    for name, one in segments.items():
        jaccard = {
            other: len(members[name] & theirs) / len(members[name] | theirs)
            for other, theirs in members.items()
            if other != name and members[name] & theirs
        }
        best = sorted(jaccard, key=lambda other: (-jaccard[other], other))[:8]
        assert [it.segment for it in one.similar] == best
        for it in one.similar:
            both = len(members[name] & members[it.segment])
            expected = (both, both / len(members[name]), both / len(members[it.segment]), jaccard[it.segment])
            assert (it.customers, it.share, it.other_share, it.jaccard) == pytest.approx(expected, abs=1e-6)
    for listed, theirs in [
        (told.concentration, set(spent)),
        *((one.concentration, members[one.name]) for one in segments.values()),
    ]:
        amounts = sorted((sum(spent[customer]) for customer in theirs), reverse=True)
        for step in listed:
            count = -(-len(amounts) * step.percent // 100)
            share = sum(amounts[:count]) / sum(amounts) if sum(amounts) else None
            assert step.customers == count
            assert step.revenue_share == pytest.approx(share, abs=1e-5)
        assert len(listed) == (12 if theirs else 0)
    group = {name for name, one in segments.items() if one.group == "rfm"}
    places = [
        {
            customer: segment
            for segment, customer, joined, left, *_ in stays
            if segment in group and joined <= at and (left is None or left > at)
        }
        for at in INSTANTS
    ]
    expected_flows = Counter(
        (places[0].get(one, ""), places[1].get(one, "")) for one in places[0].keys() | places[1].keys()
    )
    assert told.flow_runs == (0, 1)
    assert {(it.from_segment, it.to_segment): it.customers for it in told.flows if it.group == "rfm"} == expected_flows


def test_definitions_and_what_there_is_of_runs(shop: Path, told: Report, rows: Any) -> None:  # noqa: ANN401
    written = {
        item["name"]: (f"segments/{file.name}", item)
        for file in (shop / "segments").glob("*.yml")
        if file.name != "catalog.yml"
        for item in yaml.safe_load(file.read_text())["segments"]
    }
    sentences = {one.planned.segment.name: one.sentences for one in explain(Project(shop), ())}
    for one in told.segments:
        assert (one.source_file, yaml.safe_load(one.yaml)) == written[one.name]
        assert one.sentences == sentences[one.name]
    assert {one.name for one in told.segments} == written.keys()
    vip = next(one for one in told.segments if one.name == "vip")
    assert [(it.number, it.valid_from, it.enabled) for it in vip.versions] == [(1, "2025-12-22T00:00:00+00:00", True)]
    assert (told.project, told.currency, told.timezone) == ("segctl", "GBP", "Europe/London")
    fresh = {it.source: (it.rows, it.latest_at) for it in told.freshness}
    count, latest = rows(f"select count(*), max(ordered_at) from stg_orders where ordered_at <= '{LAST}'")[0]
    assert fresh["order"] == (count, f"{latest.isoformat()}+00:00")
    moved = [(it.segment, it.joined + it.left) for it in told.headline.moved]
    expected = sorted(
        ((one.name, (one.joined or 0) + (one.left or 0)) for one in told.segments), key=lambda it: (-it[1], it[0])
    )
    assert moved == expected[:5]
    assert told.absent == {"members": "segctl report --with-members lists them."}


def test_members_are_listed_where_somebody_asks(
    shop: Path,
    told: Report,
    members: dict[str, set[Any]],
    spent: dict[Any, list[float]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The most valuable first, at most as many as fit."""
    assert all(one.members == () and one.members_total == 0 for one in told.segments)
    monkeypatch.setattr("segctl.operations.report.members.MOST_MEMBERS", 20)
    found = read_report(Project(shop), Warehouse(shop, profiles=str(shop)), Request(5, with_members=True))
    release()
    assert found.with_members
    assert "members" not in found.absent
    for one in found.segments:
        worth = {str(customer): sum(spent[customer]) for customer in members.get(one.name, ())}
        assert one.members_total == len(worth)
        assert [it.revenue or 0 for it in one.members] == pytest.approx(sorted(worth.values(), reverse=True)[:20])
        assert all(it.revenue is None or it.revenue == pytest.approx(worth[it.key]) for it in one.members)


def test_of_few_nothing_is_told(read: dict[int, Report]) -> None:
    """What is shown is true, covers at least five customers, and reveals no single number."""
    for one, whole in zip(read[5].segments, read[0].segments, strict=True):
        assert (one.size, one.joined, one.left, one.history.sizes) == (
            whole.size,
            whole.joined,
            whole.left,
            whole.history.sizes,
        )
        if one.size and one.size < 5:
            assert {one.revenue, one.average_revenue, one.median_revenue, one.orders, one.history.revenue[-1]} == {None}
        true = {(it.run, it.change, it.cause): it.customers or 0 for it in whole.causes}
        told = {(it.run, it.change, it.cause): it.customers for it in one.causes}
        check_parts(told, true, {key: key[:2] for key in true})
        check_parts(
            {it.source: it.joined for it in one.sources}, {it.source: it.joined or 0 for it in whole.sources}, {}
        )
        check_parts(
            {it.source: it.members for it in one.sources}, {it.source: it.members or 0 for it in whole.sources}, {}
        )
        for it in one.concentration:
            assert it.customers is None or it.customers >= 5
            assert it.customers is not None or it.revenue_share is None
        assert all(it.joined is None or it.joined >= 5 for it in one.returns)
        assert all(it.revenue is None for it in one.returns if it.joined is None)
        assert all(it.customers >= 5 for it in one.similar)
    for ends in (("from_segment", "to_segment"), ("to_segment", "from_segment")):
        true_flows = {(getattr(it, ends[0]), getattr(it, ends[1])): it.customers or 0 for it in read[0].flows}
        told_flows = {(getattr(it, ends[0]), getattr(it, ends[1])): it.customers for it in read[5].flows}
        known = {key: key[:1] for key in true_flows if key[0]}
        check_parts({key: told_flows.get(key) for key in known}, {key: true_flows[key] for key in known}, known)
    assert any(it.customers for it in read[5].flows)
    assert any(it.customers is None for one in read[5].segments for it in one.causes)


def check_parts(told: dict[Any, int | None], true: dict[Any, int], lines: dict[Any, Any]) -> None:
    assert told.keys() <= true.keys()
    hidden: dict[Any, list[Any]] = {}
    for key, count in true.items():
        if told.get(key) is None:
            hidden.setdefault(lines.get(key), []).append(key)
        else:
            assert told[key] == count >= 5
    for line, keys in hidden.items():
        others = [key for key in true if lines.get(key) == line and key not in keys]
        assert len(keys) > 1 or not others or not true[keys[0]], (keys, others)


def test_what_is_hidden_of_parts() -> None:
    five, all_of_them = Least(5), Least(0)
    assert five.hidden([20, 3, 9]) == {1, 2}
    assert five.hidden([20, 3, 1]) == {1, 2}
    assert five.hidden([20, 0, 9]) == {1}
    assert five.hidden([20, 9]) == five.hidden([]) == all_of_them.hidden([1, 0]) == set()
    assert five.hidden([3]) == {0}
    assert [five.told(*it) for it in ((4, 10), (6, 10), (5, 10), (10, 10), (0, 10), (7, None))] == [
        None,
        None,
        5,
        10,
        None,
        7,
    ]
    assert five.steps([1, 4, 8, 12, 33, 36, 40]) == {2, 4, 6}
    assert all_of_them.steps([1, 1, 2]) == {0, 1, 2}
    assert five.number(12.5, 3, 100) is five.number(12.5, 97, 100) is None
    assert (five.number(0.0, 0, 100), five.number(12.5, 50, 100)) == (0.0, 12.5)
    ends = [("a", "a", 40), ("a", "b", 2), ("b", "b", 30), ("", "b", 8), ("b", "", 9)]
    flows = [Flow("g", 0, 1, one, other, count) for one, other, count in ends]
    # The other one of a. The smallest cause of b, and then nothing about stays in b, so that leaves cannot be derived.
    assert five.hidden_flows(flows) == {0, 1, 3}
    assert all_of_them.hidden_flows(flows) == set()


def test_runs_that_are_compared() -> None:
    assert [runs_compared(count) for count in (0, 1, 2)] == [(), (0,), (0, 1)]
    assert runs_compared(12) == tuple(range(12))
    for count in (13, 14, 50, 365, 5000):
        found = runs_compared(count)
        assert (found[0], found[-2:], sorted(set(found))) == (0, (count - 2, count - 1), list(found))
        assert len(found) == MOST_RUNS
        gaps = {later - earlier for earlier, later in pairwise(found[:-2])}
        assert max(gaps) - min(gaps) <= 1


ODD = """
version: 1
timezone: Asia/Kathmandu
entities: {customer: {model: people, key: person, attributes: {name: string}}}
events: {order: {model: orders, customer: person, at: bought_at, fields: {amount: number}}}
"""
VALUED = ODD + "revenue: spend\nmarts: [value, retention]\nmetrics: {spend: {sum: order.amount}}\n"
SEGMENTS = """
version: 1
segments:
  - {name: lately, label: "<b>'Lately'</b>", rule: {event: order, within_last: 10 days}, group: when, priority: 1}
  - {name: ever, rule: {event: order}, group: when, priority: 2}
  - {name: nobody, rule: {event: order, times: {gte: 99}}, guard: {max_change: 20%, max_size: 100}}
  - {name: paused, enabled: false, rule: {event: order}}
"""
COLUMNS = {
    "people": {"person": "varchar", "name": "varchar"},
    "orders": {"person": "varchar", "bought_at": "timestamp", "amount": "decimal(18, 2)"},
}
START = datetime(2023, 6, 1, tzinfo=UTC)
AFTER_TWO_YEARS = START + timedelta(days=760)
KEY = 'it\'s "<script>"'


@pytest.fixture
def odd(engine: Engine, tmp_path: Path) -> TestProject:
    """A shop of one customer, whose key has special characters."""
    found = TestProject(tmp_path, engine, f"report_{digest(str(tmp_path), 8)}")
    orders = [{"person": KEY, "bought_at": START.replace(tzinfo=None) - timedelta(days=3), "amount": 5}]
    found.load({"people": [{"person": KEY, "name": "x"}], "orders": orders}, COLUMNS)
    found.define(ODD, some=SEGMENTS)
    return found


def test_odd_shops(odd: TestProject, tmp_path: Path) -> None:
    found = read_report(odd.project, odd.warehouse, Request())
    assert (found.as_of, found.runs, found.freshness, found.flows, found.currency) == ("", (), (), (), "")
    assert [(one.name, one.size, one.history.runs) for one in found.segments] == [
        (name, None, ()) for name in ("ever", "lately", "nobody", "paused")
    ]
    assert found.segments[1].sentences == ("Customers who have had at least one order in the last 10 days.",)
    assert found.segments[2].guards == (
        "A run is held back if joins and leaves together would exceed 20 % of the members.",
        "A run is held back if it would leave more than 100 members.",
    )
    assert page(found)

    odd.run(START)
    odd.run(AFTER_TWO_YEARS)
    for least in (5, 0):
        found = read_report(odd.project, odd.warehouse, Request(least))
        ever, lately, nobody, paused = found.segments
        assert [run.as_of for run in found.runs] == ["2023-06-01T05:45:00+05:45", "2025-06-30T05:45:00+05:45"]
        assert [one.history.sizes for one in (ever, lately, nobody, paused)] == [(0, 1), (1, 0), (0, 0), ()]
        assert [one.size for one in found.segments] == [1, 0, 0, None]
        assert {one.revenue for one in found.segments} == {None}
        assert "Write marts: [value] in segments/catalog.yml, and name a metric as revenue:" in found.absent["value"]
        assert found.absent.keys() == {"value", "retention", "sources", "overlap", "concentration", "roi", "members"}
        moves = [(it.from_segment, it.to_segment, it.customers) for it in found.flows]
        assert moves == ([] if least else [("lately", "ever", 1)])
        assert [(it.change, it.cause, it.customers) for it in ever.causes] == ([] if least else [("joined", "time", 1)])
        assert (found.headline.customers, found.headline.in_segments) == (1, None if least else 1)
        assert KEY not in str(asdict(found))
    named = read_report(odd.project, odd.warehouse, Request(5, with_members=True))
    assert [(it.key, it.joined_at, it.cause) for it in named.segments[0].members] == [(KEY, found.as_of, "time")]
    assert [one.members_total for one in named.segments] == [1, 0, 0, 0]
    if odd.engine.embedded:
        target = target_of(odd.project, str(tmp_path / "members.html"))
        write_page(odd.project, target, page(named), named)
        check_erasure(odd.project, target.path, named)


def check_erasure(project: Project, path: Path, named: Report) -> None:
    """A page with members is reported wherever it is, and removed among dbt's files. One without members stays."""
    told = forget(project, "customer", ["somebody"], dry_run=False).look_at
    assert told == {"members.html": told.get("members.html", "")}
    assert "a report with members" in told["members.html"]
    usual = target_of(project, "")
    write_page(project, usual, page(named), named)
    assert held_by(usual.path) is Holds.MEMBERS
    assert "target/segctl/report.html" in forget(project, "customer", ["somebody"], dry_run=True).changed
    assert usual.path.exists()
    forget(project, "customer", ["somebody"], dry_run=False)
    assert not usual.path.exists()
    plain = read_report(project, Warehouse(project.root, profiles=str(project.root)), Request())
    # Numbers may look like keys.
    for where in (usual, replace(usual, path=path)):
        write_page(project, where, page(plain), plain)
    assert forget(project, "customer", ["1", "5"], dry_run=False).look_at == {}
    assert held_by(usual.path) is held_by(path) is Holds.COUNTS


def test_retention_and_a_definition_that_goes(odd: TestProject) -> None:
    people = [{"person": f"p{number}", "name": "x"} for number in range(12)]
    at = START.replace(tzinfo=None)
    orders = [
        {"person": one["person"], "bought_at": at - timedelta(days=1 + number * 3 // 12), "amount": number}
        for number, one in enumerate(people)
    ]
    orders += [{"person": f"p{number}", "bought_at": at + timedelta(days=35), "amount": 1} for number in range(6)]
    odd.load({"people": people, "orders": orders}, COLUMNS)
    odd.define(VALUED, some=SEGMENTS)
    odd.runs([START, START + timedelta(days=20), START + timedelta(days=36)])
    odd.define(VALUED, some=SEGMENTS.replace("10 days", "9 days").replace("name: ever", "name: always"))
    for least in (0, 5):
        found = {one.name: one for one in read_report(odd.project, odd.warehouse, Request(least)).segments}
        assert found.keys() == {"always", "ever", "lately", "nobody", "paused"}
        assert (found["always"].size, found["ever"].size, found["lately"].size) == (None, 6, 6)
        assert (found["ever"].yaml, found["ever"].source_file, found["ever"].enabled) == ("", "", False)
        assert found["ever"].sentences
        assert found["lately"].sentences[-1].startswith("The definition has been edited since")
        # All twelve joined in June and left by the 21st. Six came back in July, and no run saw these for a month.
        kept = [(it.joined_month, it.months, it.joined, it.observed, it.kept) for it in found["lately"].retention]
        assert kept == [("2023-06", 1, 12, 12, None if least else 0)]
        assert found["lately"].revenue == sum(range(6)) + 6
        assert found["lately"].median_revenue == 3.5
        assert found["lately"].others_average_revenue == sum(range(6, 12)) / 6


def test_a_page_takes_the_place_of_none_but_ours(shop: Path, told: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    written = segctl(shop, "report", "--json").data
    assert written.items() >= {"path": "target/segctl/report.html", "runs": 2, "as_of": "2025-12-29T00:00:00Z"}.items()
    assert held_by(shop / written["path"]) is Holds.COUNTS
    monkeypatch.chdir(shop)
    (shop / "theirs.html").write_text("<head></head>")
    (shop / "folder.html").mkdir()
    project = Project(shop)
    for name, why in (
        ("theirs.html", "theirs.html exists, and is not a page of segctl"),
        ("folder.html", "folder.html exists, and is not a page"),
        ("segments/catalog.yml", "is not a name for a page"),
    ):
        with pytest.raises(Failure, match=why) as failed:
            target_of(project, name)
        assert failed.value.exit_code == 2
    with pytest.raises(Failure, match="cannot write"):
        write_page(project, target_of(project, "theirs.html/x.html"), page(told), told)
    assert (shop / "theirs.html").read_text() == "<head></head>"
