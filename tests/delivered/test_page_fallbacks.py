"""The page with little data, without JavaScript or Vega, or in an old browser."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from segctl.page import assets, figures, writing
from tests.support.report_files import browser, file, written
from tests.support.servers.chromium import VIEWS, looked_at
from tests.support.shops.made_report import before_the_first_run, made_report, quiet

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser", "file"]


def test_without_javascript_there_is_the_portfolio(browser: "Browser", file: Path) -> None:
    report = made_report()
    with looked_at(browser, file, java_script_enabled=False) as seen:
        rows = seen.texts("#portfolio-table tbody tr")
        assert len(rows) == len(report.segments)
        first = max(report.segments, key=lambda one: one.revenue or 0)
        assert first.label in rows[0]
        assert figures.money(first.revenue, "GBP") in rows[0]
        assert seen.page.locator("nav").is_hidden()
        assert "Without JavaScript" in seen.page.locator("main").inner_text()


def test_before_the_first_run(browser: "Browser", tmp_path: Path) -> None:
    with looked_at(browser, written(tmp_path, before_the_first_run())) as seen:
        assert "No run has finished yet" in seen.page.locator("main").inner_text()
        for view in VIEWS[1:]:
            seen.go(view)
            assert "first run" in seen.page.locator("#view").inner_text() or view == "#/runs"
        assert seen.is_quiet(), seen.told


def test_little_is_enough(browser: "Browser", tmp_path: Path) -> None:
    # One run of one empty segment, and a report without segments.
    one = made_report(1, 1)
    empty = replace(
        one.segments[0],
        label="",
        description="",
        owner="",
        tags=(),
        group="",
        size=0,
        joined=0,
        left=0,
        revenue=0.0,
        revenue_share=None,
        average_revenue=None,
        median_revenue=None,
        eligible=None,
        causes=(),
        retention=(),
        sources=(),
        similar=(),
        concentration=(),
        returns=(),
        versions=(),
        sentences=(),
        yaml="",
        guards=(),
        history=replace(one.segments[0].history, sizes=(0,), joined=(0,), left=(0,), revenue=(None,)),
    )
    bare = replace(one, segments=(empty,), overlaps=(), flows=(), concentration=(), currency="", freshness=())
    still = replace(one, segments=(quiet(made_report(1, 9).segments[0]),), runs=made_report(1, 9).runs)
    for report in (bare, replace(bare, segments=()), still):
        with looked_at(browser, written(tmp_path, report)) as seen:
            for view in VIEWS:
                seen.go(view)
                assert "NaN" not in seen.page.locator("main").inner_text()
            assert seen.is_quiet(), seen.told


def test_numbers_that_are_none_are_unknown(browser: "Browser", tmp_path: Path) -> None:
    report = made_report(2, 3)
    nan = float("nan")
    spoilt = replace(
        report.segments[0],
        revenue=nan,
        average_revenue=float("inf"),
        history=replace(report.segments[0].history, revenue=(nan, 1.5, None)),
    )
    report = replace(report, segments=(spoilt, report.segments[1]), headline=replace(report.headline, revenue=nan))
    with looked_at(browser, written(tmp_path, report)) as seen:
        seen.go("#/segment/segment_0")
        assert seen.texts("#view .figures dd")[1].startswith(figures.UNKNOWN)
        assert seen.is_quiet(), seen.told


def test_a_browser_that_is_too_old_has_the_portfolio(browser: "Browser", file: Path) -> None:
    old = "delete window.DecompressionStream; addEventListener('load', () => { document.body.dataset.drawn = 'never' })"
    with looked_at(browser, file, script=old) as seen:
        assert seen.texts("main .notice") == [
            "This browser cannot unpack the page; use one from 2023 or later. The portfolio is complete."
        ]
        assert len(seen.texts("#portfolio-table tbody tr")) == len(made_report().segments)


def test_without_vega_there_are_lines_and_tables(
    browser: "Browser", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "bundle", lambda: "")
    with looked_at(browser, written(tmp_path, made_report())) as seen:
        for view in VIEWS:
            seen.go(view)
        assert "segctl[report]" in seen.page.locator("footer").inner_text()
        seen.go("#/segment/segment_0")
        assert seen.page.locator(".plot svg.plain").count() >= 3
        assert seen.page.locator("figure > details:not([open])").count() == 0
        assert seen.is_quiet(), seen.told
    assert "vega.js" not in assets()


def test_groups_that_are_too_small_are_not_told(browser: "Browser", file: Path) -> None:
    with looked_at(browser, file, "#/migration") as seen:
        seen.page.get_by_role("button", name="Show more").click()
        flows = [flow for flow in made_report().flows if flow.customers is None]
        shown = seen.texts("#view td.number")
        assert shown.count("withheld") == len(flows) > 0
        assert "fewer than 5" in (seen.page.locator("#view abbr").first.get_attribute("title") or "")
