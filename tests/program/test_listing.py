"""`segctl list`: filters, orders and the sizes of the last runs, against the tables."""

from collections.abc import Callable
from pathlib import Path
from shutil import copy
from typing import Any

import duckdb
import pytest

from segctl.errors import Failure
from segctl.operations.segments.listing import ORDERS, Listed, Listing, ListingRequest, listing
from segctl.output.listing import print_listing
from segctl.project.project import Project
from segctl.warehouse import Warehouse
from tests.support.shops.demo_project import segctl

Rows = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def rows(demo_after_two_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """Queries a copy of the file, because this process has another connection to the file itself."""
    file = copy(demo_after_two_runs / "segctl.duckdb", tmp_path_factory.mktemp("copy"))

    def ask(sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(file), read_only=True) as connection:
            found: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
        return found

    return ask


@pytest.fixture(scope="module")
def all_of(demo_after_two_runs: Path) -> Listing:
    return found(demo_after_two_runs, ListingRequest())


def found(shop: Path, wanted: ListingRequest, as_of: str = "") -> Listing:
    return listing(Project(shop), Warehouse(shop, profiles=str(shop)), as_of, wanted)


def names(listed: Listing) -> list[str]:
    return [segment.name for segment in listed.segments]


def test_reports_of_each_agree_with_the_runs(all_of: Listing, rows: Rows) -> None:
    sql = "select segment, as_of, size, joined_count, left_count, member_revenue from segment_sizes order by 1, 2"
    wanted: dict[str, list[tuple[Any, ...]]] = {}
    for name, *told in rows(sql):
        wanted.setdefault(name, []).append(tuple(told))
    for one in all_of.segments:
        recorded = wanted.get(one.name, [])
        assert list(one.sizes) == [told[:2] for told in recorded]
        if recorded:
            assert (one.size, one.joined, one.left, one.revenue) == recorded[-1][1:]
    assert len(all_of.runs) == 2
    assert {segment.name for segment in all_of.segments if not segment.sizes} == {"iced_coffee_summer"}


def test_orders(all_of: Listing) -> None:
    for sort, order in ORDERS.items():
        listed = sorted(all_of.segments, key=order)
        assert {one.name for one in listed} == set(names(all_of))
        if sort in ("size", "joined", "left"):
            values = [getattr(one, sort) for one in listed]
            assert values == sorted(values, key=lambda value: (value is None, -(value or 0)))
    by_change = sorted(all_of.segments, key=ORDERS["change"])
    assert by_change[0].moved == max(segment.moved for segment in all_of.segments) > 0
    assert by_change[-1].name == "iced_coffee_summer"


def test_filters(all_of: Listing, demo_after_two_runs: Path, rows: Rows) -> None:
    folder = demo_after_two_runs
    both = found(
        folder, ListingRequest(tags=("rfm", "coffee"), owners=("crm@shop.example",), changed=True, sort="size")
    )
    assert names(both) == [
        segment.name
        for segment in sorted(all_of.segments, key=ORDERS["size"])
        if {"rfm", "coffee"} & set(segment.tags) and segment.owner == "crm@shop.example" and segment.moved
    ]
    moved = rows("select distinct segment from segment_changes where changed_at = timestamp '2025-12-29'")
    assert set(names(found(folder, ListingRequest(changed=True)))) == {name for (name,) in moved}
    then = found(folder, ListingRequest(changed=True, tags=("rfm",)), "2025-12-25")
    assert names(then) == [segment.name for segment in all_of.segments if "rfm" in segment.tags]
    assert {segment.joined for segment in then.segments} == {segment.size for segment in then.segments}
    with pytest.raises(Failure, match='no segment has the owner "crm"') as failure:
        found(folder, ListingRequest(owners=("crm",)))
    assert (failure.value.hint.startswith("owners: crm@shop.example"), failure.value.exit_code) == (True, 2)


def test_bars_and_columns(all_of: Listing, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    print_listing(all_of, ListingRequest(sort="change"), False, False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["segment", "label", "size", "joined", "left", "last", "runs", "owner", "tags", "source"]
    result = {line.split()[0]: line for line in lines[1:]}
    # From 226 to 212, one tenth of which is the height of a bar.
    assert " ▅▁ " in result["lapsed_60_days"]
    # Without these characters there are no bars.
    monkeypatch.setattr("segctl.output.listing.takes_all_characters", lambda _: False)
    print_listing(all_of, ListingRequest(), False, False)
    assert "last runs" not in capsys.readouterr().out


def test_the_program(demo_after_two_runs: Path) -> None:
    data = segctl(demo_after_two_runs, "list", "--tag", "rfm", "--sort", "size", "--json").data
    assert data[0]["segment"] == "rfm_champions"
    assert data[0]["sizes"] == [
        {"as_of": "2025-12-22T00:00:00Z", "size": 66},
        {"as_of": "2025-12-29T00:00:00Z", "size": 71},
    ]
    unknown = segctl(demo_after_two_runs, "list", "--tag", "rmf")
    assert (unknown.code, unknown.out) == (2, "")
    assert unknown.err == 'segctl: no segment has the tag "rmf"\n  hint: did you mean rfm?\n'
    none = segctl(demo_after_two_runs, "list", "--owner", "legal@shop.example", "--tag", "rfm")
    assert (none.code, none.out) == (0, "None of 61 segments.\n")
    assert segctl(demo_after_two_runs, "list", "--sort", "colour").code == 2


def test_one_that_was_not_evaluated_has_no_bar() -> None:
    from datetime import datetime

    from segctl.output.listing import _bars

    days = [datetime(2024, 5, day) for day in (1, 2, 3, 4)]
    one = Listed("x", "", "", (), True, 9, None, 0, 0, None, ((days[1], 0), (days[2], 50), (days[3], 100)), "x")
    assert _bars(one, days) == "\u2007▁▅█"
