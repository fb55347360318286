"""`segctl list --as-of` and `segctl export` in their own process, on a copy of the demo shop."""

import re
from pathlib import Path
from shutil import copytree

import pytest

from tests.support.shops.demo_project import copied, demo, segctl


@pytest.fixture(scope="module")
def shop(demo_after_two_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo shop after two runs a week apart."""
    return copied(demo_after_two_runs, tmp_path_factory.mktemp("shop"))


def test_sizes_of_the_past(shop: Path) -> None:
    outcome = segctl(shop, "list", "--as-of", "2025-12-25 18:00")
    assert outcome.code == 0, outcome.err
    assert "As of 2025-12-25 18:00:00 GMT, by the run as of 2025-12-22 00:00:00 GMT" in outcome.out
    assert re.search(r"^vip +VIP +27 ", outcome.out, re.MULTILINE)
    assert re.search(r"^iced_coffee_summer .* disabled ", outcome.out, re.MULTILINE)
    row = next(row for row in segctl(shop, "list", "--as-of", "2025-12-29", "--json").data if row["segment"] == "vip")
    assert (row["size"], row["as_of"], row["run_as_of"]) == (30, "2025-12-29T00:00:00Z", "2025-12-29T00:00:00Z")
    assert (row["gone"], row["enabled"]) == (False, True)


def test_a_segment_that_is_gone_keeps_its_past(shop: Path, tmp_path: Path) -> None:
    copytree(shop, tmp_path, dirs_exist_ok=True)
    (tmp_path / "segments" / "geography.yml").unlink()
    (tmp_path / "segments" / "accounts.yml").unlink()
    outcome = segctl(tmp_path, "list", "--as-of", "2025-12-25")
    assert outcome.code == 0, outcome.err
    assert re.search(r"^abroad +Abroad +45 .* gone now", outcome.out, re.MULTILINE)


def test_an_instant_that_nothing_is_known_of(shop: Path, tmp_path: Path) -> None:
    later = segctl(shop, "list", "--as-of", "2026-01-15")
    assert later.code == 2
    assert later.err.startswith(
        "segctl: --as-of 2026-01-15 is after the last finished run, as of 2025-12-29 00:00:00 GMT\n"
    )
    assert segctl(shop, "list", "--as-of", "Christmas").code == 2
    earlier = segctl(shop, "list", "--as-of", "2025-01-15")
    assert earlier.code == 0
    assert "no run yet as of 2025-01-15 00:00:00 GMT: the first was as of 2025-12-22 00:00:00 GMT" in earlier.err
    never = segctl(demo(tmp_path), "list", "--as-of", "2025-01-15")
    assert never.code == 3
    assert "nothing has been built on this target yet" in never.err
    assert "Traceback" not in later.err + earlier.err + never.err


def test_export_writes_a_file_a_segment(shop: Path) -> None:
    outcome = segctl(shop, "export", "vip", "win_back")
    assert (outcome.code, outcome.out) == (0, "wrote exports/vip.csv: 30 rows\nwrote exports/win_back.csv: 68 rows\n")
    lines = (shop / "exports" / "vip.csv").read_bytes().split(b"\n")
    assert lines[0] == b"customer_id,joined_at,join_cause,eligible"
    assert lines[1] == b"101,2025-12-22T00:00:00Z,first_run,true"
    assert (len(lines), lines[-1]) == (32, b"")
    assert segctl(shop, "export", "vip", "--json").data == [{"segment": "vip", "path": "exports/vip.csv", "rows": 30}]


def test_exports_that_are_refused(shop: Path) -> None:
    unknown = segctl(shop, "export", "vip", "win_bakc")
    assert (unknown.code, unknown.out) == (2, "")
    assert "did you mean win_back?" in unknown.err
    (shop / "in_the_way").write_text("")
    assert segctl(shop, "export", "vip", "--to", "in_the_way").code == 2
    assert segctl(shop, "export", "vip", "--to", "in_the_way/below", "--json").data == []
    unwritable = segctl(shop, "export", "vip", "--to", "in_the_way/below")
    assert unwritable.code == 1
    assert unwritable.err.startswith("segctl: cannot write in_the_way")
    help_text = segctl(shop, "export", "--help").out
    assert "Example:" in help_text
    assert "an --as-of before the last run, the column is empty" in " ".join(help_text.split())
