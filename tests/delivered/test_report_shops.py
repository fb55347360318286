"""Reports of unusual shops, and what an erasure does to them. On every engine."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from segctl.language.names import digest
from segctl.operations.report import Report, ReportRequest, read_report, target_of, write_page
from segctl.page import page
from segctl.personal_data.erased_files import erase_files
from segctl.personal_data.report_pages import Holds, held_by
from segctl.project.project import Project
from segctl.warehouse import Warehouse
from tests.support.built_project import TestProject
from tests.support.engines import Engine

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
    report = TestProject(tmp_path, engine, f"report_{digest(str(tmp_path), 8)}")
    orders = [{"person": KEY, "bought_at": START.replace(tzinfo=None) - timedelta(days=3), "amount": 5}]
    report.load({"people": [{"person": KEY, "name": "x"}], "orders": orders}, COLUMNS)
    report.define(ODD, some=SEGMENTS)
    return report


def test_odd_shops(odd: TestProject, tmp_path: Path) -> None:
    report = read_report(odd.project, odd.warehouse, ReportRequest())
    assert (report.as_of, report.runs, report.freshness, report.flows, report.currency) == ("", (), (), (), "")
    assert [(segment.name, segment.size, segment.history.runs) for segment in report.segments] == [
        (name, None, ()) for name in ("ever", "lately", "nobody", "paused")
    ]
    assert report.segments[1].sentences == ("Customers who have had at least one order in the last 10 days.",)
    assert report.segments[2].guards == (
        "A run is held back if joins and leaves together would exceed 20 % of the members.",
        "A run is held back if it would leave more than 100 members.",
    )
    assert page(report)

    odd.run(START)
    odd.run(AFTER_TWO_YEARS)
    for least in (5, 0):
        report = read_report(odd.project, odd.warehouse, ReportRequest(least))
        ever, lately, nobody, paused = report.segments
        assert [run.as_of for run in report.runs] == ["2023-06-01T05:45:00+05:45", "2025-06-30T05:45:00+05:45"]
        assert [one.history.sizes for one in (ever, lately, nobody, paused)] == [(0, 1), (1, 0), (0, 0), ()]
        assert [segment.size for segment in report.segments] == [1, 0, 0, None]
        assert {segment.revenue for segment in report.segments} == {None}
        assert "Write marts: [value] in segments/catalog.yml, and name a metric as revenue:" in report.absent["value"]
        assert report.absent.keys() == {"value", "retention", "sources", "overlap", "concentration", "roi", "members"}
        moves = [(flow.from_segment, flow.to_segment, flow.customers) for flow in report.flows]
        assert moves == ([] if least else [("lately", "ever", 1)])
        assert [(cause.change, cause.cause, cause.customers) for cause in ever.causes] == (
            [] if least else [("joined", "time", 1)]
        )
        assert (report.headline.customers, report.headline.in_segments) == (1, None if least else 1)
        assert KEY not in str(asdict(report))
    named = read_report(odd.project, odd.warehouse, ReportRequest(5, with_members=True))
    assert [(member.key, member.joined_at, member.cause) for member in named.segments[0].members] == [
        (KEY, report.as_of, "time")
    ]
    assert [segment.members_total for segment in named.segments] == [1, 0, 0, 0]
    if odd.engine.embedded:
        target = target_of(odd.project, str(tmp_path / "members.html"))
        write_page(odd.project, target, page(named), named)
        check_erasure(odd.project, target.path, named)


def check_erasure(project: Project, path: Path, named: Report) -> None:
    """A page with members is reported wherever it is, and removed among dbt's files. One without members stays."""
    told = erase_files(project, "customer", ["somebody"], dry_run=False).look_at
    assert told == {"members.html": told.get("members.html", "")}
    assert "a report with members" in told["members.html"]
    usual = target_of(project, "")
    write_page(project, usual, page(named), named)
    assert held_by(usual.path) is Holds.MEMBERS
    assert "target/segctl/report.html" in erase_files(project, "customer", ["somebody"], dry_run=True).changed
    assert usual.path.exists()
    erase_files(project, "customer", ["somebody"], dry_run=False)
    assert not usual.path.exists()
    plain = read_report(project, Warehouse(project.root, profiles=str(project.root)), ReportRequest())
    # Numbers may look like keys.
    for where in (usual, replace(usual, path=path)):
        write_page(project, where, page(plain), plain)
    assert erase_files(project, "customer", ["1", "5"], dry_run=False).look_at == {}
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
        report = {
            segment.name: segment for segment in read_report(odd.project, odd.warehouse, ReportRequest(least)).segments
        }
        assert report.keys() == {"always", "ever", "lately", "nobody", "paused"}
        assert (report["always"].size, report["ever"].size, report["lately"].size) == (None, 6, 6)
        assert (report["ever"].yaml, report["ever"].source_file, report["ever"].enabled) == ("", "", False)
        assert report["ever"].sentences
        assert report["lately"].sentences[-1].startswith("The definition has been edited since")
        # All twelve joined in June and left by the 21st. Six came back in July, and no run saw these for a month.
        kept = [(it.joined_month, it.months, it.joined, it.observed, it.kept) for it in report["lately"].retention]
        assert kept == [("2023-06", 1, 12, 12, None if least else 0)]
        assert report["lately"].revenue == sum(range(6)) + 6
        assert report["lately"].median_revenue == 3.5
        assert report["lately"].others_average_revenue == sum(range(6, 12)) / 6
