"""The report of the demo shop after two runs, each number against an independent calculation."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import yaml

from segctl.errors import Failure
from segctl.operations.definitions.explain import explain
from segctl.operations.exports.bi_file import write_bi_file
from segctl.operations.report import Report, ReportRequest, read_report, target_of, write_page
from segctl.operations.report.contents import Segment
from segctl.operations.report.flows import MOST_RUNS, runs_compared
from segctl.page import page
from segctl.personal_data.report_pages import Holds, held_by
from segctl.project.project import Project
from segctl.warehouse import Warehouse
from tests.support.engines import release
from tests.support.shops.demo_project import segctl
from tests.support.shops.demo_report import (
    INSTANTS,
    LAST,
    members,
    read,
    rows,
    segments,
    shop,
    spent,
    stays,
    whole_report,
)

__all__ = ["members", "read", "rows", "segments", "shop", "spent", "stays", "whole_report"]


def test_it_is_the_same_from_the_file_that_bi_reads(shop: Path, read: dict[int, Report]) -> None:
    project = Project(shop)
    write_bi_file(project, Warehouse(shop, profiles=str(shop)), str(shop / "bi.duckdb"))
    for least, expected in read.items():
        report = read_report(project, shop / "bi.duckdb", ReportRequest(least))
        assert replace(report, written_at="") == replace(expected, written_at="")
    release()
    with pytest.raises(Failure, match="not a BI file of segctl"):
        read_report(project, shop / "segctl.duckdb", ReportRequest())


def test_sizes_and_causes_are_those_of_the_stays(
    whole_report: Report, segments: dict[str, Segment], stays: list[tuple[Any, ...]]
) -> None:
    assert [run.as_of for run in whole_report.runs] == ["2025-12-22T00:00:00+00:00", "2025-12-29T00:00:00+00:00"]
    assert whole_report.as_of == whole_report.runs[-1].as_of
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
        result = {(name, cause.run, cause.change, cause.cause): cause.customers for cause in one.causes}
        assert result == {key: count for key, count in causes.items() if key[0] == name and count}
    assert whole_report.runs[1].joined == sum(segment.joined or 0 for segment in segments.values())
    assert whole_report.runs[1].left == sum(segment.left or 0 for segment in segments.values())


def test_what_members_are_worth(
    whole_report: Report, segments: dict[str, Segment], members: dict[str, set[Any]], spent: dict[Any, list[float]]
) -> None:
    worth = {customer: sum(orders) for customer, orders in spent.items()}
    total = sum(worth.values())
    assert whole_report.headline.customers == len(worth) == whole_report.runs[-1].customers
    assert whole_report.headline.revenue == pytest.approx(total, abs=0.001)
    assert whole_report.headline.in_segments == len(set().union(*members.values()))
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


def test_who_may_be_contacted_and_where_they_came_from(
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
        assert {source.source: (source.joined, source.members) for source in one.sources} == {
            source: (count, now[source]) for source, count in joined.items()
        }
        assert {source.joined_month for source in one.sources} == ({"2025-12"} if joined else set())
        # No customer was seen for a month.
        assert one.retention == ()
        firsts = {customer for segment, customer, *_ in stays if segment == name}
        won = {it.source: it.joined for it in one.returns if it.joined}
        assert won == Counter(people[customer][1] or "(unknown)" for customer in firsts)


def test_overlap_concentration_and_migration(
    whole_report: Report,
    segments: dict[str, Segment],
    stays: list[tuple[Any, ...]],
    members: dict[str, set[Any]],
    spent: dict[Any, list[float]],
) -> None:
    names = [segment.name for segment in whole_report.segments]
    pairs = {(names[it.one], names[it.other]): it.customers for it in whole_report.overlaps}
    assert pairs == {
        (member, other): len(members[member] & members[other])
        for member in members
        for other in members
        if member < other and members[member] & members[other]
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
        (whole_report.concentration, set(spent)),
        *((segment.concentration, members[segment.name]) for segment in segments.values()),
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
    assert whole_report.flow_runs == (0, 1)
    assert {
        (flow.from_segment, flow.to_segment): flow.customers for flow in whole_report.flows if flow.group == "rfm"
    } == expected_flows


def test_definitions_and_what_there_is_of_runs(shop: Path, whole_report: Report, rows: Any) -> None:  # noqa: ANN401
    written = {
        item["name"]: (f"segments/{file.name}", item)
        for file in (shop / "segments").glob("*.yml")
        if file.name != "catalog.yml"
        for item in yaml.safe_load(file.read_text())["segments"]
    }
    sentences = {one.planned.segment.name: one.sentences for one in explain(Project(shop), ())}
    for one in whole_report.segments:
        assert (one.source_file, yaml.safe_load(one.yaml)) == written[one.name]
        assert one.sentences == sentences[one.name]
    assert {segment.name for segment in whole_report.segments} == written.keys()
    vip = next(segment for segment in whole_report.segments if segment.name == "vip")
    assert [(version.number, version.valid_from, version.enabled) for version in vip.versions] == [
        (1, "2025-12-22T00:00:00+00:00", True)
    ]
    assert (whole_report.project, whole_report.currency, whole_report.timezone) == ("segctl", "GBP", "Europe/London")
    fresh = {it.source: (it.rows, it.latest_at) for it in whole_report.freshness}
    count, latest = rows(f"select count(*), max(ordered_at) from stg_orders where ordered_at <= '{LAST}'")[0]
    assert fresh["order"] == (count, f"{latest.isoformat()}+00:00")
    moved = [
        (moved_segment.segment, moved_segment.joined + moved_segment.left)
        for moved_segment in whole_report.headline.moved
    ]
    expected = sorted(
        ((segment.name, (segment.joined or 0) + (segment.left or 0)) for segment in whole_report.segments),
        key=lambda it: (-it[1], it[0]),
    )
    assert moved == expected[:5]
    assert whole_report.absent == {"members": "segctl report --with-members lists them."}


def test_members_are_listed_on_request(
    shop: Path,
    whole_report: Report,
    members: dict[str, set[Any]],
    spent: dict[Any, list[float]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The most valuable first, at most as many as fit."""
    assert all(segment.members == () and segment.members_total == 0 for segment in whole_report.segments)
    monkeypatch.setattr("segctl.operations.report.members.MOST_MEMBERS", 20)
    report = read_report(Project(shop), Warehouse(shop, profiles=str(shop)), ReportRequest(5, with_members=True))
    release()
    assert report.with_members
    assert "members" not in report.absent
    for one in report.segments:
        worth = {str(customer): sum(spent[customer]) for customer in members.get(one.name, ())}
        assert one.members_total == len(worth)
        assert [member.revenue or 0 for member in one.members] == pytest.approx(
            sorted(worth.values(), reverse=True)[:20]
        )
        assert all(
            member.revenue is None or member.revenue == pytest.approx(worth[member.key]) for member in one.members
        )


def test_runs_that_are_compared() -> None:
    assert [runs_compared(count) for count in (0, 1, 2)] == [(), (0,), (0, 1)]
    assert runs_compared(12) == tuple(range(12))
    for count in (13, 14, 50, 365, 5000):
        found = runs_compared(count)
        assert (found[0], found[-2:], sorted(set(found))) == (0, (count - 2, count - 1), list(found))
        assert len(found) == MOST_RUNS
        gaps = {later - earlier for earlier, later in pairwise(found[:-2])}
        assert max(gaps) - min(gaps) <= 1


def test_a_page_takes_the_place_of_none_but_ours(
    shop: Path, whole_report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
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
        write_page(project, target_of(project, "theirs.html/x.html"), page(whole_report), whole_report)
    assert (shop / "theirs.html").read_text() == "<head></head>"
