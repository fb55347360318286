"""Tables on terminals of any width: names, keys and numbers are whole, and a note names what was shortened."""

import io
import re

import pytest
from rich.console import Console

from segctl.output.layout import VisibleConsole, table
from segctl.output.runs.node_names import node_name
from segctl.output.tables import Table
from segctl.warehouse import FinishedNode
from tests.support.built_project import REPOSITORY

LONG = "customers_who_have_bought_coffee_three_times_and_tea_never_ever"
LABEL = "Customers who have bought coffee three times and tea never"


def printed(lines: Table, width: int | None) -> list[str]:
    """What a terminal of that width gets. None is a pipe."""
    out = io.StringIO()
    wide: Console = VisibleConsole(file=out, width=width or 200, force_terminal=width is not None, no_color=True)
    wide.print(lines)
    return re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue()).splitlines()


def listed(name: str = "vip") -> Table:
    lines = table("segment", "~label", ">size", "~owner", "~tags")
    lines.add_row(name, LABEL, "1,234,567", "crm@shop.example", "retention, campaign, coffee, tea, spring")
    lines.add_row("short", "Short", "7", "crm@shop.example", "")
    return lines


def test_there_is_room_for_all() -> None:
    assert len(LONG) == 63
    for width in (200, None):
        lines = printed(listed(LONG), width)
        assert len(lines) == 3
        assert re.split("  +", lines[1]) == [
            LONG,
            LABEL,
            "1,234,567",
            "crm@shop.example",
            "retention, campaign, coffee, tea, spring",
        ]
        # Columns are aligned, and nothing follows the last.
        assert lines[0].index("owner") == lines[1].index("crm@") == lines[2].index("crm@")
        assert [line for line in lines if line != line.rstrip()] == []


def test_what_gives_way() -> None:
    lines = printed(listed(), 60)
    assert max(map(len, lines)) <= 60
    assert lines[-1] == "no room for: tags"
    # The label is wrapped between words.
    assert [line[9:].split("  ")[0] for line in lines[1:4]] == [
        "Customers who have",
        "bought coffee three",
        "times and tea never",
    ]
    lines = printed(listed(LONG), 80)
    assert lines[-1] == "no room for: label, owner, tags"
    assert lines[1].split() == [LONG, "1,234,567"]


@pytest.mark.parametrize("width", [20, 40, 60, 64, 80, 120])
def test_names_and_numbers_are_whole_at_any_width(width: int) -> None:
    together = "\n".join(printed(listed(LONG), width))
    assert LONG in together
    assert "1,234,567" in together
    assert "…" not in together


def test_numbers_stand_below_a_name_that_leaves_them_no_room() -> None:
    lines = table("segment", ">joined", ">left", ">size", ">revenue GBP")
    lines.add_row(LONG, "+123,456", "-123,456", "1,234,567", "123,456,789.01")
    assert printed(lines, 80) == [
        "segment",
        "    joined      left       size     revenue GBP",
        LONG,
        "  +123,456  -123,456  1,234,567  123,456,789.01",
    ]
    # Without space for any of their lines, they are listed one by one.
    narrow = printed(lines, 30)
    assert narrow[:2] == [LONG, "  joined +123,456"]
    assert narrow[-1] == "  revenue GBP 123,456,789.01"


def test_what_is_kept_is_wrapped_between_words() -> None:
    lines = table("segment", "=who")
    keys = [f"customer-{number:04}" for number in range(40)]
    lines.add_row("vip", ", ".join(keys))
    shown = printed(lines, 80)
    assert max(map(len, shown)) <= 80
    assert [word for line in shown[1:] for word in re.findall(r"customer-\d+", line)] == keys


@pytest.mark.parametrize("width", [20, 80, 100])
def test_a_long_key_is_whole(width: int) -> None:
    key = "key-" + "x" * 66
    lines = table("segment", ">moved", "=who")
    lines.add_row("vip", "+2", f"{key}, 7")
    assert key in "\n".join(printed(lines, width))


def test_cells_are_markup_and_control_characters_are_shown() -> None:
    lines = table("key", ">n")
    lines.add_row("\\[bold]a\x1b[2J\nb", "[green]+1[/green]")
    assert printed(lines, 80)[1] == r"[bold]a\x1b[2J\nb  +1"


def test_steps_in_words() -> None:
    """Every model of the demo has a readable label, without underscores."""
    folder = REPOSITORY / "models"
    paths = sorted(path.relative_to(folder).as_posix() for path in (folder / "segments").rglob("*.sql"))
    result = {
        path: node_name(FinishedNode(1, 1, "model", path.rpartition("/")[2][:-4], path, "success")) for path in paths
    }
    assert {path: words for path, words in result.items() if "_" in words or not words} == {}
    assert result["segments/features/sources/order_features.sql"] == "features of order"
    assert result["segments/members_loyalty.sql"] == "members of loyalty"
    assert result["segments/history/segment_stays.sql"] == "history"
    assert node_name(FinishedNode(1, 1, "test", "unique_x", "x.yml", "pass")) == "tests"
    assert (
        node_name(
            FinishedNode(
                1, 1, "model", "account_segment_stays", "segments/account/account_segment_stays.sql", "success"
            )
        )
        == "history of account"
    )
    assert (
        node_name(FinishedNode(1, 1, "model", "stg_orders", "staging/stg_orders.sql", "success")) == "model stg_orders"
    )
