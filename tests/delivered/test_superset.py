"""The dashboard of examples/superset in an empty Superset: its charts' data, checked in other ways."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from shutil import copy
from typing import Any

import duckdb
import pytest

from tests.support.built_project import REPOSITORY
from tests.support.servers.superset_server import USER, Superset, superset_server
from tests.support.shops.demo_project import copied, segctl

pytestmark = pytest.mark.superset
PACK = REPOSITORY / "examples" / "superset" / "pack.py"
PAGE = (REPOSITORY / "docs" / "bi.md").read_text(encoding="utf-8")
CHROMIUM = Path("/usr/bin/chromium")
NAMES = {
    "What segments are worth",
    "Size over time",
    "Who joined and left, and why",
    "Which segments share members",
    "Who is in a segment",
}
# The charts' numbers, computed from stays, members and customers. `shop` is the warehouse.
BY_OTHER_WAYS = {
    "What segments are worth": """
        select
            sizes.segment,
            count(members.customer_id) as size,
            count(*) filter (members.eligible) as eligible_count,
            coalesce(sum(features.revenue), 0) as revenue,
            round(avg(coalesce(features.revenue, 0)) filter (members.customer_id is not null), 6) as average_revenue,
            round(median(coalesce(features.revenue, 0)) filter (members.customer_id is not null), 6) as median_revenue,
            coalesce(sum(features.order_count), 0) as orders
        from (select distinct segment from segment_sizes) as sizes
        left join segment_membership as members on sizes.segment = members.segment
        left join shop.customer_features as features on members.customer_id = features.customer_id
        group by sizes.segment
    """,
    "Size over time": """
        with sizes as (
            select segment_runs.as_of, stays.segment, count(*) as members
            from segment_runs
            inner join segment_history as stays
                on stays.joined_at <= segment_runs.as_of
                and (stays.left_at is null or stays.left_at > segment_runs.as_of)
            group by all
        )

        select as_of, segment, members
        from sizes
        where segment in (select segment from sizes group by segment order by max(members) desc limit 10)
    """,
    "Who joined and left, and why": """
        with changes as (
            select joined_at as changed_at, 'joined' as change, join_cause as cause from segment_history
            union all
            select left_at, 'left', leave_cause from segment_history where left_at is not null
        )

        select changed_at, change, cause, count(*) as customers
        from changes
        where cause != 'first_run'
        group by all
    """,
    "Which segments share members": """
        with stays as (select segment, customer_id from segment_history where left_at is null),

        sizes as (select segment, count(*) as size from stays group by all)

        select ours.segment, theirs.segment as other_segment, round(count(*) / sizes.size, 6) as share
        from stays as ours
        inner join stays as theirs on ours.customer_id = theirs.customer_id and ours.segment != theirs.segment
        inner join sizes on ours.segment = sizes.segment
        group by ours.segment, theirs.segment, sizes.size
    """,
    "Who is in a segment": """
        select segment, customer_id, joined_at, join_cause
        from segment_history
        where segment = 'vip' and left_at is null
    """,
}
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def shop(demo_after_two_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(demo_after_two_runs, tmp_path_factory.mktemp("superset") / "shop")


@pytest.fixture(scope="module")
def file(shop: Path) -> Path:
    """The file for BI, in a folder whose name has special characters."""
    path = shop / "it's for BI" / "segments.duckdb"
    outcome = segctl(shop, "bi-file", str(path))
    assert outcome.code == 0, outcome.err
    return path


@pytest.fixture(scope="module")
def superset(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Superset]:
    """An instance that was empty and imported the dashboard."""
    with superset_server(tmp_path_factory.mktemp("instance") / "home") as running:
        assert running.asked("/dashboard/")["count"] == running.asked("/database/")["count"] == 0
        imported(running, file)
        yield running


def imported(superset: Superset, file: Path) -> None:
    packed = superset.home / "dashboard.zip"
    subprocess.run([sys.executable, str(PACK), str(file), str(packed)], check=True)
    superset.command("import-dashboards", "--path", str(packed), "--username", USER["username"])


def known(superset: Superset) -> dict[str, dict[str, int]]:
    """Every object of the instance, by kind and UUID, with its number."""
    kinds = ("dashboard", "chart", "dataset", "database")
    return {kind: {one["uuid"]: one["id"] for one in superset.asked(f"/{kind}/")["result"]} for kind in kinds}


def charts(superset: Superset) -> dict[str, int]:
    return {one["slice_name"]: one["id"] for one in superset.asked("/dashboard/customer-segments/charts")["result"]}


def of_chart(superset: Superset, name: str) -> Rows:
    """The data of a chart from the REST API. Members are requested with a chosen segment."""
    number = charts(superset)[name]
    if name != "Who is in a segment":
        found = superset.asked(f"/chart/{number}/data/")["result"]
    else:
        context = json.loads(superset.asked(f"/chart/{number}")["result"]["query_context"])
        context["queries"][0]["filters"].append({"col": "segment", "op": "IN", "val": ["vip"]})
        found = superset.asked("/chart/data", context)["result"]
    rows: Rows = found[0]["data"]
    return rows


def of_file(file: Path, shop: Path, sql: str) -> Rows:
    """The rows of a query of the file, with times as Superset has them."""
    with closing(duckdb.connect(str(file), read_only=True)) as connection:
        connection.execute(f"attach '{shop / 'segctl.duckdb'}' as shop (read_only)")
        rows = connection.execute(sql)
        names = [column[0] for column in rows.description]
        return [dict(zip(names, map(shown, row), strict=True)) for row in rows.fetchall()]


def shown(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).timestamp() * 1000
    number = isinstance(value, Decimal | float | int) and not isinstance(value, bool)
    return round(float(value), 6) if number else value  # type: ignore[arg-type]


def of_docs(name: str) -> str:
    """The query of docs/bi.md that draws the chart."""
    match = re.search(rf"\n{re.escape(name)}[:,][^\n]*\n\n```sql\n(.*?)```", PAGE, re.DOTALL)
    assert match, name
    return match[1]


def same(found: Rows, expected: Rows) -> bool:
    """Whether two answers have the same rows in the expected columns."""
    columns = list(expected[0])
    sides = [sorted(repr([shown(row[column]) for column in columns]) for row in side) for side in (found, expected)]
    assert sides[0] == sides[1]
    return bool(found)


def test_a_second_import_adds_nothing(superset: Superset, file: Path) -> None:
    before = known(superset)
    assert {kind: len(found) for kind, found in before.items()} == {
        **{"dashboard": 1, "chart": 5, "dataset": 5, "database": 1}
    }
    imported(superset, file)
    assert known(superset) == before
    assert charts(superset).keys() == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_chart_shows_what_is_so(name: str, superset: Superset, file: Path, shop: Path) -> None:
    found = of_chart(superset, name)
    assert same(found, of_file(file, shop, BY_OTHER_WAYS[name]))
    assert same(found, of_file(file, shop, of_docs(name)))


def test_the_next_file_is_seen_and_none_is_written(superset: Superset, file: Path, shop: Path) -> None:
    before, content = len(of_chart(superset, "Who is in a segment")), file.read_bytes()
    new = Path(copy(file, file.with_name("new.duckdb")))
    with closing(duckdb.connect(str(new))) as connection:
        erased = "select max(customer_id) from segment_membership where segment = 'vip'"
        connection.execute(f"delete from segment_membership where segment = 'vip' and customer_id = ({erased})")
    new.replace(file)
    assert len(of_chart(superset, "Who is in a segment")) == before - 1
    new.write_bytes(content)
    new.replace(file)
    assert same(of_chart(superset, "Who is in a segment"), of_file(file, shop, of_docs("Who is in a segment")))
    assert file.read_bytes() == content
    assert {path.name for path in file.parent.iterdir()} == {file.name}


def test_the_page_draws_every_chart_of_a_segment_that_is_chosen(superset: Superset, file: Path, shop: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="no playwright: the page is not looked at")
    if not CHROMIUM.exists():
        pytest.skip("no chromium: the page is not looked at")
    here = f"http://127.0.0.1:{superset.port}"
    state = "extraFormData:(filters:!((col:segment,op:IN,val:!(vip)))),filterState:(value:!(vip))"
    chosen = f"(NATIVE_FILTER-segment:({state},id:NATIVE_FILTER-segment,ownState:()))"
    answers: dict[int, Any] = {}
    elsewhere: list[str] = []

    def answered(response: Any) -> None:  # noqa: ANN401
        if "/api/v1/chart/data" in response.url and "slice_id" in (response.request.post_data_json or {})["form_data"]:
            answers[response.request.post_data_json["form_data"]["slice_id"]] = response.json()["result"][0]["data"]

    with playwright.sync_playwright() as browsers:
        options = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
        options += ["--disable-background-networking", "--disable-component-update"]
        browser = browsers.chromium.launch(executable_path=str(CHROMIUM), args=options)
        page = browser.new_page(viewport={"width": 1400, "height": 2400})
        page.on(
            "requestfinished", lambda asked: elsewhere.append(asked.url) if not asked.url.startswith(here) else None
        )
        page.on("response", answered)
        page.goto(f"{here}/login/")
        page.fill("#username", USER["username"])
        page.fill("#password", USER["password"])
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login" not in url, timeout=60_000)
        page.goto(f"{here}/superset/dashboard/customer-segments/?native_filters={chosen}")
        for _ in range(120):
            if len(answers) == len(NAMES) and page.locator("canvas").count() == 3:
                break
            page.wait_for_timeout(500)
        page.wait_for_timeout(2000)
        page.screenshot(path=str(superset.home / "dashboard.png"))
        text = page.inner_text("body")
        browser.close()
    numbers = charts(superset)
    assert answers.keys() == set(numbers.values())
    assert all(name in text for name in NAMES)
    assert same(answers[numbers["Who is in a segment"]], of_file(file, shop, of_docs("Who is in a segment")))
    worth = f"select * from ({of_docs('What segments are worth')}) where segment = 'vip'"
    assert same(answers[numbers["What segments are worth"]], of_file(file, shop, worth))
    shared = f"select * from ({of_docs('Which segments share members')}) where segment = 'vip'"
    assert same(answers[numbers["Which segments share members"]], of_file(file, shop, shared))
    sizes = "select as_of, size as vip from segment_sizes where segment = 'vip'"
    assert same(answers[numbers["Size over time"]], of_file(file, shop, sizes))
    assert not [url for url in elsewhere if not url.startswith(("data:", "blob:"))]
