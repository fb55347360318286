"""The page in a browser: it draws without errors or requests, sorts, searches, is accessible, and is safe."""

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from segctl.operations.report.contents import Report
from segctl.page import Live, assets, figures, page, writing
from segctl.page.sparklines import sparkline
from tests.support.built_project import REPOSITORY
from tests.support.servers.chromium import VIEWS, Seen, chromium, looked_at
from tests.support.shops.demo_project import segctl
from tests.support.shops.made_report import before_the_first_run, made_report, quiet, with_members

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Each is harmless only as text.
HOSTILE = (
    "</script><script>window.hit = 1</script>",
    "<img src=x onerror='window.hit = 1'>\u2028\u2029",
    "\"'><svg onload=window.hit=1>",
    "{{ 7 * 7 }} {% raw %} javascript:window.hit=1",
    "a'b\"c\n\td\\e &amp; &lt;b&gt; \u202e",
)
LONG = "Wer-so-heißt" * 42


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("page"), made_report())


def written(folder: Path, report: Report) -> Path:
    found = folder / "report.html"
    found.write_text(page(report), encoding="utf-8")
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_every_view_is_drawn_for_everybody(browser: "Browser", file: Path, scheme: str, width: int) -> None:
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


def overflow(seen: Seen) -> int:
    """How many pixels the page is wider than its window."""
    return int(seen.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


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
        assert set(shown()) == {one.name for one in report.segments if "lifecycle" in one.tags}
        seen.page.get_by_label("Owner").select_option("crm@shop.example")
        assert set(shown()) == {
            one.name for one in report.segments if "lifecycle" in one.tags and one.owner == "crm@shop.example"
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
        found: list[dict[str, Any]] = json.loads(
            seen.page.evaluate("Promise.all(segctl.segments.map(segctl.packs.details)).then(JSON.stringify)")
        )
        for segment, details in zip(report.segments, found, strict=True):
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


def hostile_report() -> Report:
    report = with_members(made_report(8, 6), HOSTILE)
    segments = []
    for place, segment in enumerate(report.segments):
        text = HOSTILE[place % len(HOSTILE)]
        segments.append(
            replace(
                segment,
                label=LONG if place == 5 else text,
                description=text + LONG,
                owner=text,
                tags=(text, LONG),
                group=text,
                source_file=text,
                sentences=(text, LONG),
                yaml=text,
                guards=(text,),
                held_by=text,
                causes=tuple(replace(cause, cause=text) for cause in segment.causes),
                versions=tuple(replace(version, rule=text, git_commit=text) for version in segment.versions),
                sources=tuple(
                    replace(source, source=text if source.source == "search" else LONG) for source in segment.sources
                ),
                returns=tuple(replace(one, source=text) for one in segment.returns),
            )
        )
    moved = tuple(replace(one, causes=(("joined", HOSTILE[0], 7),)) for one in report.headline.moved)
    return replace(
        report,
        project=HOSTILE[0],
        currency=HOSTILE[1],
        timezone=HOSTILE[2],
        segments=tuple(segments),
        headline=replace(report.headline, moved=moved),
        flows=tuple(replace(flow, group=HOSTILE[1]) for flow in report.flows),
        freshness=tuple(replace(one, source=HOSTILE[0], freshness=HOSTILE[1]) for one in report.freshness),
        runs=tuple(replace(run, git_commit=HOSTILE[0]) for run in report.runs),
        absent={"roi": HOSTILE[0]},
    )


@pytest.mark.parametrize("width", [1280, 360])
def test_what_people_wrote_is_text_everywhere(browser: "Browser", tmp_path: Path, width: int) -> None:
    with looked_at(browser, written(tmp_path, hostile_report()), viewport={"width": width, "height": 800}) as seen:
        for view in (*VIEWS, "#/segment/segment_5"):
            seen.go(view)
            assert overflow(seen) <= 0, view
            assert seen.page.evaluate("document.querySelectorAll('main img, main script:not([data-pack])').length") == 0
            # What a pointer shows for marks is also there as text.
            for mark in seen.page.locator(".plot .mark-symbol path, .plot .mark-rect path").all()[:4]:
                mark.dispatch_event("pointermove")
        seen.go("#/segment/segment_0")
        assert seen.texts("#view h1") == [HOSTILE[0]]
        assert HOSTILE[2] in seen.page.locator("#view").inner_text()
        assert seen.page.evaluate("window.hit") is None
        assert seen.is_quiet(), (seen.told, seen.asked)


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


def test_a_server_gives_the_same_under_its_policy(browser: "Browser") -> None:
    live = Live(search_members=True, build=True, scripts=("more.js",))
    own = {
        "more.js": b'segctl.views.customer = { title: "Customer",'
        b' draw: (place) => place.append(segctl.h("h1", {}, "Found")) };'
    }
    given = {f"/assets/{name}": content for name, content in {**assets(), **own}.items()}
    given["/"] = page(made_report(), live).encode()
    kinds = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
    context = browser.new_context()
    seen = Seen(context.new_page())

    def answered(route: Any) -> None:  # noqa: ANN401
        path = re.sub("^http://127.0.0.1:1", "", route.request.url)
        if path not in given:
            seen.asked.append(path)
            route.abort()
            return
        kind = kinds.get(path.rpartition(".")[2], "text/html")
        policy = {"content-security-policy": "default-src 'self'", "content-type": f"{kind}; charset=utf-8"}
        route.fulfill(body=given[path], headers=policy)

    context.route("**/*", answered)
    seen.page.on("console", lambda message: seen.told.append(message.text))
    seen.page.on("pageerror", lambda error: seen.told.append(str(error)))
    seen.page.goto("http://127.0.0.1:1/")
    seen.page.wait_for_selector("body[data-drawn]", state="attached")
    for view in (*VIEWS, "#/customer"):
        seen.go(view)
    assert seen.texts("#view h1") == ["Found"]
    assert seen.texts("nav a")[-2:] == ["Customer", "Build"]
    seen.go("#/segment/segment_1")
    assert seen.page.locator(".plot svg.marks").count() >= 4
    assert seen.is_quiet(), (seen.told, seen.asked)
    context.close()


def test_a_file_may_load_nothing() -> None:
    text = page(made_report(2, 2))
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    assert policy[1].startswith("default-src &#39;none&#39;; script-src &#39;sha256-")
    assert "unsafe" not in policy[1]
    outside = re.findall(r'(?:src|href)="([^"#][^"]*)"', text)
    assert all(address.startswith("data:") for address in outside)
    assert page(made_report(2, 2)) == text


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
