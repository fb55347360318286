"""Headless Chromium without a network, for tests of pages."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOW = "no Chromium: apt-get install -y chromium, or name one by SEGCTL_CHROMIUM"
SWITCHES = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
VIEWS = ("#/", "#/segment/segment_0", "#/concentration", "#/overlap", "#/migration", "#/runs")


def program() -> str | None:
    """Chromium's program on this machine."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("SEGCTL_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@contextmanager
def chromium() -> Iterator["Browser"]:
    """A browser. The test is skipped without one."""
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright: pip install playwright")
    found = program()
    if found is None:
        pytest.skip(HOW)
    with playwright.sync_playwright() as started:
        yield started.chromium.launch(executable_path=found, args=list(SWITCHES))


@dataclass(frozen=True)
class Seen:
    """A page, its console's output, and its network requests."""

    page: "Page"
    told: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def go(self, route: str) -> None:
        """Opens a view and waits until it is drawn."""
        if (self.page.evaluate("location.hash") or "#/") != route:
            self.page.evaluate("route => { location.hash = route; }", route)
        self.page.wait_for_selector(f'body[data-drawn="{route}"]', state="attached")

    def texts(self, selector: str) -> list[str]:
        return [text.strip() for text in self.page.locator(selector).all_inner_texts()]

    def is_quiet(self) -> bool:
        return not self.told and not self.asked


@contextmanager
def looked_at(
    browser: "Browser",
    file: Path,
    route: str = "#/",
    script: str = "",
    **options: Any,  # noqa: ANN401
) -> Iterator[Seen]:
    """A file of a page, opened at a view after a script, with every other request refused and recorded."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    context.set_default_timeout(15_000)
    seen = Seen(context.new_page())

    def routed(request: Any) -> None:  # noqa: ANN401
        if request.request.url == file.as_uri():
            request.continue_()
        else:
            seen.asked.append(request.request.url)
            request.abort()

    context.route("**/*", routed)
    context.add_init_script(script)
    seen.page.on("console", lambda message: seen.told.append(message.text))
    seen.page.on("pageerror", lambda error: seen.told.append(str(error)))
    seen.page.goto(f"{file.as_uri()}{route}")
    if options.get("java_script_enabled", True):
        seen.page.wait_for_selector("body[data-drawn]", state="attached")
    yield seen
    context.close()
