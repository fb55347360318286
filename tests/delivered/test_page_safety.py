"""Hostile texts on the page, and what its policy forbids."""

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from segctl.operations.report.contents import Report
from segctl.page import Live, assets, page
from tests.support.report_files import browser, overflow, written
from tests.support.servers.chromium import VIEWS, Seen, looked_at
from tests.support.shops.made_report import made_report, with_members

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser"]


# Each is harmless only as text.
HOSTILE = (
    "</script><script>window.hit = 1</script>",
    "<img src=x onerror='window.hit = 1'>\u2028\u2029",
    "\"'><svg onload=window.hit=1>",
    "{{ 7 * 7 }} {% raw %} javascript:window.hit=1",
    "a'b\"c\n\td\\e &amp; &lt;b&gt; \u202e",
)
LONG = "Wer-so-heißt" * 42


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
    moved = tuple(
        replace(moved_segment, causes=(("joined", HOSTILE[0], 7),)) for moved_segment in report.headline.moved
    )
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
