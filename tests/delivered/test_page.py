"""The page in a browser: it draws without errors or requests, sorts, searches, and is accessible."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from segctl.page import figures
from segctl.page.sparklines import sparkline
from tests.support.built_project import REPOSITORY
from tests.support.report_files import browser, file, overflow, written
from tests.support.servers.chromium import VIEWS, looked_at
from tests.support.shops.demo_project import segctl
from tests.support.shops.made_report import made_report, with_members

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser", "file"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_every_view_is_drawn_and_accessible(browser: "Browser", file: Path, scheme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with looked_at(browser, file, color_scheme=scheme, viewport={"width": width, "height": 800}) as seen:
        for view in VIEWS:
            seen.go(view)
            assert len(seen.texts("main h1:visible")) == 1
            assert overflow(seen) <= 0, view
            # On phones two views have other shapes, with the same colours.
            if width == 1280 or (scheme == "light" and view in VIEWS[:2]):
                found = axe.run(seen.page).response["violations"]
                assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], view
        assert seen.is_quiet(), (seen.told, seen.asked)


def test_the_portfolio_is_sorted_searched_and_filtered(browser: "Browser", file: Path) -> None:
    report = made_report()
    with looked_at(browser, file) as seen:

        def shown() -> list[str]:
            return seen.texts("#portfolio-table tbody th code")

        def by(key: str, down: bool) -> list[str]:
            return [one.name for one in sorted(report.segments, key=lambda one: getattr(one, key), reverse=down)]

        assert shown() == by("revenue", down=True)
        for column, key, first in (
            ("Size", "size", True),
            ("Average", "average_revenue", True),
            ("Segment", "label", False),
        ):
            button = seen.page.get_by_role("button", name=column, exact=True)
            button.click()
            assert key == "label" or shown() == by(key, down=first)
            button.press("Enter")
            assert key == "label" or shown() == by(key, down=not first)
            assert button.locator("..").get_attribute("aria-sort") == ("ascending" if first else "descending")
        seen.page.get_by_label("Search").fill("coffee LOVERS")
        assert shown() == ["segment_6"]
        seen.page.get_by_label("Search").fill("nobody is called so")
        assert shown() == []
        assert seen.page.locator("#portfolio-none").is_visible()
        seen.page.get_by_label("Search").fill("")
        seen.page.get_by_label("Tag").select_option("lifecycle")
        assert set(shown()) == {segment.name for segment in report.segments if "lifecycle" in segment.tags}
        seen.page.get_by_label("Owner").select_option("crm@shop.example")
        assert set(shown()) == {
            segment.name
            for segment in report.segments
            if "lifecycle" in segment.tags and segment.owner == "crm@shop.example"
        }
        assert seen.is_quiet()


def test_links_and_keys_lead_to_views(browser: "Browser", file: Path) -> None:
    with looked_at(browser, file) as seen:
        seen.page.keyboard.press("Tab")
        assert seen.page.evaluate("document.activeElement.id") == "skip"
        seen.page.keyboard.press("Enter")
        assert seen.page.evaluate("document.activeElement.id") == "main"
        seen.page.locator("#portfolio-table").get_by_role("link", name="Champions").click()
        seen.page.wait_for_selector('body[data-drawn="#/segment/segment_0"]')
        assert seen.texts("main h1:visible") == ["Champions"]
        assert seen.page.evaluate("document.activeElement.tagName") == "H1"
        assert seen.page.title() == "Champions · shop"
        similar = seen.page.get_by_role("region", name="Most similar segments").get_by_role("link").first
        name = similar.inner_text()
        similar.click()
        seen.page.wait_for_function("name => document.querySelector('#view h1')?.textContent === name", arg=name)
        seen.page.go_back()
        seen.page.wait_for_selector('body[data-drawn="#/segment/segment_0"]')
        for name in ("Concentration", "Overlap", "Migration", "Runs", "Portfolio"):
            seen.page.get_by_role("navigation").get_by_role("link", name=name).click()
            seen.page.wait_for_function("name => document.title.startsWith(name)", arg=name)
            assert seen.page.locator("nav [aria-current=page]").inner_text() == name
        for nowhere in ("#/segment/nobody", "#/nothing", "#/constructor", "#/segment", "#/segment/%E0%A4%A"):
            seen.go(nowhere)
            assert seen.texts("#view h1")[0].startswith("Unknown")
        assert seen.is_quiet()


def test_what_the_browser_unpacks_is_the_report(browser: "Browser", tmp_path: Path) -> None:
    report = with_members(made_report(7, 9), ("a", "b\u2028"))
    with looked_at(browser, written(tmp_path, report)) as seen:
        data: list[dict[str, Any]] = json.loads(
            seen.page.evaluate("Promise.all(segctl.segments.map(segctl.packs.details)).then(JSON.stringify)")
        )
        for segment, details in zip(report.segments, data, strict=True):
            history = segment.history
            assert [row["size"] for row in details["history"]] == list(history.sizes)
            assert [row["run"]["as_of"] for row in details["history"]] == [
                report.runs[run].as_of for run in history.runs
            ]
            assert [row["held_by"] for row in details["history"]] == list(history.held_by)
            for row, revenue in zip(details["history"], history.revenue, strict=True):
                assert abs(row["revenue"] - (revenue or 0)) <= 0.5
            for name in (
                "causes",
                "versions",
                "retention",
                "sources",
                "similar",
                "concentration",
                "returns",
                "members",
            ):
                assert details[name] == [vars(row) for row in getattr(segment, name)], name
        flows = json.loads(
            seen.page.evaluate("segctl.packs.pack('flows').then((p) => JSON.stringify(segctl.packs.rows(p.flows)))")
        )
        assert flows == [vars(flow) for flow in report.flows]
        overlaps = json.loads(
            seen.page.evaluate("segctl.packs.pack('overlaps').then((p) => JSON.stringify(segctl.packs.rows(p)))")
        )
        assert overlaps == [vars(pair) for pair in report.overlaps]


def test_the_table_and_the_views_write_numbers_alike(browser: "Browser", tmp_path: Path) -> None:
    values = (0, 0.5, -0.004, 12.345, -999.99, 999.996, 1000, -1234567.89, 98765432109.5)
    for currency in ("GBP", "CHF", "JPY", "", "points", "XYZ"):
        report = replace(made_report(1, 1), currency=currency)
        with looked_at(browser, written(tmp_path, report)) as seen:
            shown = seen.page.evaluate("values => values.map(segctl.format.money)", list(values))
            assert shown == [figures.money(value, currency) for value in values], currency
            days = ["2025-12-29T00:00:00+00:00", "2025-03-01T07:05:00+01:00", "", "not a day"]
            assert seen.page.evaluate("days => days.map(segctl.format.day)", days) == [figures.day(day) for day in days]
            signed = [0, 5, -1234]
            assert seen.page.evaluate("all => all.map(segctl.format.signed)", signed) == list(
                map(figures.signed, signed)
            )


def test_the_demo_is_a_page(browser: "Browser", demo_after_two_runs: Path, tmp_path: Path) -> None:
    found = tmp_path / "report.html"
    assert segctl(demo_after_two_runs, "report", str(found)).code == 0
    listed = {row["segment"]: row for row in segctl(demo_after_two_runs, "list", "--json").data}
    with looked_at(browser, found) as seen:
        names = seen.texts("#portfolio-table tbody th code")
        sizes = dict(zip(names, seen.texts('#portfolio-table tbody td[data-label="Size"]'), strict=True))
        assert sizes == {name: figures.whole(row["size"]) for name, row in listed.items()}
        for view in (*(VIEWS[place] for place in (0, 2, 3, 4, 5)), *(f"#/segment/{name}" for name in names[::20])):
            seen.go(view)
            assert overflow(seen) <= 0, view
        assert seen.is_quiet(), (seen.told, seen.asked)


def test_500_segments_of_a_year_are_small_and_quick(browser: "Browser", tmp_path: Path) -> None:
    report = made_report(500, 365)
    found = written(tmp_path, report)
    assert found.stat().st_size < 5_000_000
    with looked_at(browser, found) as seen:
        assert seen.page.evaluate("performance.now()") < 10_000
        assert len(seen.texts("#portfolio-table tbody tr")) == 100
        seen.page.get_by_label("Search").fill("kind 499")
        assert seen.texts("#portfolio-table tbody th code") == ["segment_499"]
        seen.go("#/overlap")
        assert seen.is_quiet(), seen.told


def test_a_sparkline_is_in_its_box() -> None:
    assert sparkline(()) == ""
    assert sparkline((7,)) == "2,12 94,12"
    assert sparkline((0, 10)) == "2,22 94,2"
    assert sparkline((1000, 1010)) == "2,13 94,11"
    assert sparkline((0, 0)) == "2,12 94,12"
    points = [point.split(",") for point in sparkline(range(1000)).split()]
    assert (len(points), points[0], points[-1]) == (32, ["2", "22"], ["94", "2"])


def test_the_wheel_has_what_a_page_is_made_of(tmp_path: Path) -> None:
    from hatchling.builders.wheel import WheelBuilder

    built = next(iter(WheelBuilder(str(REPOSITORY)).build(directory=str(tmp_path), versions=["standard"])))
    with zipfile.ZipFile(built) as wheel:
        packed = {name for name in wheel.namelist() if name.startswith("segctl/page/")}
    there = {
        str(path.relative_to(REPOSITORY))
        for path in (REPOSITORY / "segctl" / "page").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == there
