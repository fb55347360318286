"""The output of a run, from reports made by hand."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from segctl.operations.runs.moves import Causes
from segctl.operations.runs.run import RunReport
from segctl.output import print_run


def row(name: str, size: int, joined: int, left: int) -> dict[str, Any]:
    printed_lines = {"segment": name, "label": name.title(), "size": size, "joined_count": joined, "left_count": left}
    return printed_lines | {"member_revenue": Decimal(size), "total_revenue": Decimal(1000)}


REPORT = RunReport(
    [row("calm", 7, 0, 0), row("tide", 40, 5, 2), row("vip", 30, 1, 9)],
    datetime(2024, 5, 1),
    "UTC",
    "GBP",
    ["look here"],
    (),
    {"tide": Causes({"time": 4, "activity": 1}, {"time": 2}), "vip": Causes({"definition": 1}, {"definition": 9})},
    ("vip",),
    ("tide",),
)


def printed_lines(report: RunReport, capsys: pytest.CaptureFixture[str], everything: bool = False) -> list[str]:
    print_run(report, False, everything)
    return capsys.readouterr().out.splitlines()


def test_who_moved_comes_first_the_most_moved_above(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed_lines(REPORT, capsys)
    assert lines[:3] == [
        "As of 2024-05-01 00:00:00 UTC: 2 of 3 segments moved: 6 joined, 11 left",
        "definition edited: vip",
        "new: tide",
    ]
    assert [line.split() for line in lines[3:]] == [
        ["segment", "label", "joined", "left", "by", "size", "revenue", "GBP"],
        ["vip", "Vip", "+1", "-9", "definition", "30", "30.00"],
        ["tide", "Tide", "+5", "-2", "+4", "time,", "+1", "activity,", "-2", "time", "40", "40.00"],
    ]
    assert [line.split()[0] for line in printed_lines(REPORT, capsys, everything=True)[4:]] == ["calm", "tide", "vip"]


def test_nobody_moved_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    still = replace(REPORT, rows=[row("calm", 7, 0, 0)], causes={}, edited=(), new=())
    assert printed_lines(still, capsys) == ["As of 2024-05-01 00:00:00 UTC: none of 1 segment moved"]


def test_a_first_run_tells_sizes(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [row(f"s{number}", number, number, 0) for number in range(1, 26)]
    causes = {one["segment"]: Causes({"first_run": one["size"]}, {}) for one in rows}
    lines = printed_lines(replace(REPORT, rows=rows, causes=causes, edited=(), new=(), is_first=True), capsys)
    assert lines[0] == "As of 2024-05-01 00:00:00 UTC: the first run, 25 segments with 325 memberships"
    assert lines[1].split() == ["segment", "label", "size", "revenue", "GBP", "share"]
    assert lines[2].split() == ["s25", "S25", "25", "25.00", "2.5%"]
    assert (len(lines), lines[-2].split()[0], lines[-1]) == (23, "s6", "and 5 more: segctl list")
