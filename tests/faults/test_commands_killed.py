"""`kill -9` during commands that change the recorded past: each is done wholly or not at all, and can be repeated."""

import pytest

from segctl.warehouse import Row
from tests.faults.killer import DIE_BEFORE, SENT
from tests.faults.program import Nursery
from tests.faults.shop import iso
from tests.faults.states import TABLES, VIEWS, Copies, read
from tests.support.built_project import TestProject

# What each command does to the shop after two runs, with late orders for these.
COMMANDS = {
    "restate": ("restate", "--since", iso(0), "--segments", "gold", "--apply"),
    "erase": ("erase", "7", "8"),
}


def state(shop: TestProject) -> dict[str, list[Row]]:
    """All tables and views. A salt is new each time."""
    return read(shop, (*TABLES, *VIEWS))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_is_killed(name: str, shop: TestProject, program: Nursery) -> None:
    copies, arguments, sent = Copies(shop, shop.root / "copies"), COMMANDS[name], shop.root / "sent"
    copies.keep("before")
    before = state(shop)
    program.done(shop, *arguments, **{SENT: str(sent)})
    after, statements = state(shop), sent.read_text(encoding="utf-8").splitlines()
    assert after != before
    # Each statement of the transaction that changes the tables, and every n-th of the others.
    decisive = [
        number for number, text in enumerate(statements) if text.lower().startswith(("insert", "delete", "update"))
    ]
    seen_both = set()
    for number in sorted({*range(0, len(statements), 7), *decisive, len(statements) - 1}):
        copies.restore("before")
        ended = program.run(shop, *arguments, **{DIE_BEFORE: str(number)})
        assert ended.killed, ended.err
        found = state(shop)
        assert found in (before, after)
        seen_both.add(found == after)
        program.done(shop, *arguments)
        assert state(shop) == after
    print(f"{name}: {len(statements)} statements, states seen: {seen_both}")
