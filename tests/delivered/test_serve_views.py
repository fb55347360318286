"""The views of `segctl serve` in a browser, on the demo shop."""

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
import yaml

from segctl.serve.access import Access
from segctl.serve.gate import Gate
from segctl.serve.questions import Desk
from segctl.serve.server import Serving, build_application, listening_socket
from segctl.serve.worker import WorkerAnswer, answered_by
from tests.support.servers.chromium import chromium
from tests.support.shops.made_report import made_report
from tests.support.shops.served_shop import MARKUP, desk, rows, shop

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["desk", "shop"]


TOKEN = "a-token-that-people-know"


class InProcess:
    """A worker that answers in this process, which has loaded dbt already."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def ask(self, question: str, **details: object) -> WorkerAnswer:
        if question == "report":
            return WorkerAnswer(("stamp", made_report()))
        return answered_by(self.desk, question, details)


@pytest.fixture(scope="module")
def served(desk: Desk) -> Iterator[str]:
    """The address of a server of the shop, with all options."""
    serving = Serving(port=0, with_members=True, edit=True, token=TOKEN)
    with listening_socket(serving) as (listening, port):
        access = Access(port, ("127.0.0.1",), ("/",), token=TOKEN)
        gate = Gate(build_application(InProcess(desk), serving), access)
        server = uvicorn.Server(uvicorn.Config(gate, log_level="warning", access_log=False))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{port}/"
        server.should_exit = True
        thread.join()


@contextmanager
def opened(address: str, **options: Any) -> Iterator[tuple["Page", list[str]]]:  # noqa: ANN401
    """A page with a session, and the output of its console."""
    console: list[str] = []
    with chromium() as browser, closing(browser.new_context(**options)) as context:
        context.set_default_timeout(90_000)
        page = context.new_page()
        page.on("console", lambda message: console.append(message.text))
        page.on("pageerror", lambda error: console.append(str(error)))
        page.goto(f"{address}?token={TOKEN}")
        assert page.url == address
        page.wait_for_selector("body[data-drawn]", state="attached")
        yield page, console


def is_for_everybody(page: "Page") -> None:
    """axe finds no fault, and the page is no wider than the window."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_a_customer_is_searched(served: str, shop: Path, scheme: str, width: int) -> None:
    with opened(served, color_scheme=scheme, viewport={"width": width, "height": 800}) as (page, console):
        page.get_by_role("link", name="Customer", exact=True).click()
        page.get_by_label("Key").fill("162")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Segments now").wait_for()
        ((now,),) = rows(shop, "select count(*) from segment_membership where customer_id = 162")
        assert page.get_by_role("button", name=re.compile("^Why ")).count() == now
        page.get_by_label("Segment", exact=True).select_option("vip")
        page.get_by_role("button", name="Explain").click()
        page.locator(".clauses").wait_for()
        assert "is in VIP as of 29 Dec 2025" in page.locator(".answer").inner_text()
        assert "162" not in page.url
        is_for_everybody(page)
        page.get_by_label("Key").fill(MARKUP)
        page.get_by_role("button", name="Search").click()
        page.get_by_text("none of our tables has customer").wait_for()
        assert page.evaluate("window.hit") is None
        assert console == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_a_segment_is_built(served: str, shop: Path, scheme: str, width: int) -> None:
    with opened(served, color_scheme=scheme, viewport={"width": width, "height": 800}) as (page, console):
        page.get_by_role("link", name="Build", exact=True).click()

        def control(place: str) -> Any:  # noqa: ANN401
            return page.locator(f"[data-place='rule.{place}']")

        control("parts.0.about").select_option("event")
        control("parts.0.how").select_option("times")
        control("parts.0.values.0").fill("three")
        page.get_by_text("is not a number").wait_for()
        control("parts.0.values.0").fill("3")
        page.get_by_role("button", name="Add a group").click()
        assert page.evaluate("document.activeElement.dataset.place") == "rule.parts.1.join"
        control("parts.1.parts.0.name").select_option("city")
        control("parts.1.parts.0.compare").select_option("ne")
        control("parts.1.parts.0.values.0").fill(MARKUP)
        page.locator("[data-place='label']").fill(MARKUP)
        page.locator("[data-place='name']").fill("three_orders")
        page.get_by_text("Of 399 customers").wait_for()
        page.wait_for_selector(".outcome [aria-busy='false'] .figures")
        orders = "select customer_id from stg_orders where status not in ('cancelled', 'refunded')"
        orders += " and ordered_at < timestamp '2025-12-29' group by 1 having count(*) >= 3"
        live = f"from customer_features where deleted_at is null and customer_id in ({orders}) and city is not null"
        ((size,),) = rows(shop, f"select count(*) {live}")
        assert page.locator(".outcome .figures dd").first.inner_text().split()[0] == str(size)
        (definition,) = yaml.safe_load(page.locator("pre").inner_text())["segments"]
        assert definition["label"] == MARKUP
        assert definition["rule"]["all"][1] == {"attribute": "city", "ne": MARKUP}
        is_for_everybody(page)
        page.get_by_role("button", name="Commit to a new branch").click()
        page.get_by_text("the project is in no git repository").wait_for()
        # The form survives a switch to another view.
        page.get_by_role("link", name="Portfolio", exact=True).click()
        page.get_by_role("link", name="Build", exact=True).click()
        assert page.locator("[data-place='name']").input_value() == "three_orders"
        assert page.evaluate("window.hit") is None
        assert console == []
