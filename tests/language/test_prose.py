"""The check of our English (`make prose`): its findings, their lines, and what it ignores."""

from pathlib import Path

import pytest

from prose.__main__ import faults, prose_of

RULES = {"phrases": {"looked at": "read", "cannot be told": "is unknown"}, "proselint": {}}


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("page.md", "One.\n\nThe cause cannot\nbe told.\n", [3]),
        ("page.md", "```\nlooked at\n```\n`looked at` and [a](looked at).\n", []),
        ("page.md", f"{'word ' * 25}\n| {'cell ' * 25}|\n", [1]),
        ("code.py", 'looked_at = 1  # Rows that were looked at.\n"""Looked at."""\n', [1, 2]),
        ("model.sql", "-- Rows that were looked\n-- at.\nselect 'looked at' as looked_at\n", [1]),
        ("model.yml", "description: >-\n  Rows that are\n  looked at.\nname: looked at\n", [3]),
    ],
)
def test_faults_are_found_at_their_line(name: str, text: str, lines: list[int], tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert [line for line, _, _ in faults(path, RULES)] == lines


def test_positions_stay_those_of_the_file() -> None:
    text = "x = 'one'  # two\n"
    assert prose_of(".py", text) == "    'one'  # two"
    assert prose_of(".py", text, strings=False) == "           # two"
    assert prose_of(".py", "def f():\n    'one'\n    return 'two'\n", strings=False) == "        \n    'one'"
