"""Fifty readers of `segctl serve` during a run: each sees whole runs, and none blocks the run."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import duckdb
import httpx
import pytest

from tests.support.shops.demo_project import SEGCTL, copied, segctl

TOKEN = "a-token-that-people-know"
KEY = "162"
READERS = 50
AS_OF = re.compile(r"As of (\d+ \w+ \d{4})")
JSON = {"X-Segctl": "1"}


@pytest.fixture
def shop(demo_after_two_runs: Path, tmp_path: Path) -> Path:
    return copied(demo_after_two_runs, tmp_path / "shop")


@contextmanager
def served(shop: Path, *options: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """A server of the shop as users start it, and its address."""
    told = (shop.parent / "told.txt").open("w+", encoding="utf-8")
    with (
        told,
        subprocess.Popen(
            [SEGCTL, "serve", "--port", "0", *options], cwd=shop, stdout=told, stderr=subprocess.STDOUT, text=True
        ) as process,
    ):
        address = None
        while address is None and process.poll() is None:
            time.sleep(0.1)
            address = re.match(r"http://127\.0\.0\.1:\d+/", (shop.parent / "told.txt").read_text(encoding="utf-8"))
        assert address, (shop.parent / "told.txt").read_text(encoding="utf-8")
        try:
            yield address[0], process
        finally:
            process.kill()


class Reader(Thread):
    """Reads the page or a reason again and again, and remembers each page by its run."""

    def __init__(self, address: str, end: Event, asks: bool) -> None:
        super().__init__(daemon=True)
        self.address, self.end, self.asks = address, end, asks
        self.pages: dict[str, set[str]] = {}
        self.answers: list[str] = []
        self.wrong: list[object] = []

    def run(self) -> None:
        """Reads until it is stopped."""
        try:
            with httpx.Client(base_url=self.address, timeout=120) as client:
                assert client.get("/", params={"token": TOKEN}).status_code == 303
                while not self.end.is_set():
                    (self._why if self.asks else self._page)(client)
                    time.sleep(2 if self.asks else 0.3)
        except Exception as error:
            self.wrong.append(error)

    def _page(self, client: httpx.Client) -> None:
        response = client.get("/")
        as_of = AS_OF.search(response.text)
        assert response.status_code == 200
        assert as_of
        assert response.text.rstrip().endswith("</html>")
        self.pages.setdefault(as_of[1], set()).add(response.text)

    def _why(self, client: httpx.Client) -> None:
        response = client.post("/api/why", json={"key": KEY, "segment": "vip"}, headers=JSON)
        assert response.status_code == 200
        told = response.json()
        self.answers.append(told["data"]["as_of"] if "data" in told else told["wrong"]["message"])
        assert "data" in told or told["wrong"]["retry"], told


def test_readers_and_a_run(shop: Path) -> None:
    secret = shop.parent / "token"
    secret.write_text(f"{TOKEN}\n", encoding="utf-8")
    with served(shop, "--with-members", "--token-file", str(secret)) as (address, process):
        end = Event()
        readers = [Reader(address, end, asks=number % 10 == 0) for number in range(READERS)]
        for reader in readers:
            reader.start()
        # Until all have seen the run before.
        until = time.monotonic() + 120
        while not all(reader.pages or reader.answers or reader.wrong for reader in readers):
            assert time.monotonic() < until
            time.sleep(0.2)
        ran = segctl(shop, "run", "--as-of", "2026-01-05")
        assert (ran.code, "Traceback" in ran.err) == (0, False), ran.err
        while not any("5 Jan 2026" in reader.pages for reader in readers):
            assert time.monotonic() < until + 240
            time.sleep(0.2)
        time.sleep(1)
        end.set()
        for reader in readers:
            reader.join(150)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert [reader.wrong for reader in readers if reader.wrong] == []
    pages: dict[str, set[str]] = {}
    for reader in readers:
        for as_of, seen in reader.pages.items():
            pages.setdefault(as_of, set()).update(seen)
    # One whole document for each run, for every reader.
    assert {as_of: len(seen) for as_of, seen in pages.items()} == {"29 Dec 2025": 1, "5 Jan 2026": 1}
    with duckdb.connect(str(shop / "segctl.duckdb"), read_only=True) as connection:
        sizes = connection.execute(
            "select segment, size from segment_sizes where as_of = timestamp '2026-01-05' and size >= 5"
        ).fetchall()
    (page,) = pages["5 Jan 2026"]
    for segment, size in sizes:
        assert re.search(rf"<code>{segment}</code>.*?data-label=\"Size\">{size:,}<", page, re.DOTALL), segment
    answers = {answer for reader in readers for answer in reader.answers}
    assert "2025-12-29T00:00:00+00:00" in answers
    text = (shop.parent / "told.txt").read_text(encoding="utf-8")
    assert text.splitlines()[1:] == ["segctl: stopped"]
    assert (TOKEN in text, "Traceback" in text, KEY in text.partition("\n")[2]) == (False, False, False)
    target = Path(os.environ.get("DBT_TARGET_PATH", shop / "target"))
    assert [path.name for path in target.glob("segctl_copies_*")] == []
