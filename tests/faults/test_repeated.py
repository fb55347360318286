"""A finished run is repeated with other data, and interrupted or stopped: what remains, and what the next run does."""

from pathlib import Path
from random import Random

import pytest

from segctl.warehouse import Row
from tests.faults.killer import KEEP, KEPT_FILE
from tests.faults.program import FULL, Nursery
from tests.faults.shop import COLUMNS, changed, iso, opened, tables
from tests.faults.states import Copies, history, seen, written
from tests.support.built_project import TestProject
from tests.support.engines import Engine

REPEATED, NEXT = ("run", "--as-of", iso(3)), ("run", "--as-of", iso(5))


@pytest.fixture
def shop(tmp_path: Path, program: Nursery) -> TestProject:
    """A shop after two runs, with a copy of the state after the first in a second folder."""
    made = opened(tmp_path / "shop", Engine("duckdb"))
    program.done(made, "run", "--as-of", iso(0))
    Copies(made, tmp_path / "copies").keep("first")
    program.done(made, *REPEATED)
    return made


def as_written(shop: TestProject) -> dict[str, list[Row]]:
    """Everything a run writes except its measures of sources, which stay recorded when it does not finish."""
    return {name: rows for name, rows in history(written(shop)).items() if name != "run_sources"}


def test_a_repetition_cut_short(shop: TestProject, program: Nursery, tmp_path: Path) -> None:
    """Readers see the run before until it has finished. The next run takes everything into account."""
    copies, kept = Copies(shop, tmp_path / "copies"), tmp_path / "kept"
    kept.mkdir()
    old = seen(shop)
    shop.load(changed(tables(), 3), COLUMNS)
    copies.keep("repeated")
    program.done(shop, *NEXT)
    old_then_next = as_written(shop)
    copies.restore("first")
    shop.load(changed(tables(), 3), COLUMNS)
    first = seen(shop)
    program.done(shop, *NEXT)
    first_then_next = as_written(shop)
    copies.restore("repeated")
    program.done(shop, *REPEATED, **{KEEP: str(kept), KEPT_FILE: str(shop.root / "test.duckdb")})
    new, finished = seen(shop), written(shop)

    files = sorted(kept.glob("*.duckdb"), key=lambda path: int(path.stem))
    shown = [seen(shop, file) for file in files]
    expected = [state for state in (old, first, new) for found in shown if found == state]
    assert shown == expected
    assert old in shown
    assert first in shown
    reopened = [file for file, state in zip(files, shown, strict=True) if state == first]
    cut = Copies(shop, kept)
    for file in files if FULL else [reopened[0], Random(5).choice(reopened)]:
        cut.restore(file.stem)
        program.done(shop, *REPEATED)
        assert written(shop) == finished
        if file in reopened or seen(shop, file) == old:
            cut.restore(file.stem)
            program.done(shop, *NEXT)
            assert as_written(shop) == (first_then_next if file in reopened else old_then_next)


def test_a_repetition_stopped_by_a_guard_does_not_disarm_it(shop: TestProject, program: Nursery) -> None:
    before = written(shop)
    shop.load({**tables(), "orders": []}, COLUMNS)
    for arguments in (REPEATED, NEXT):
        ended = program.run(shop, *arguments)
        assert ended.code == 3
        assert "order: empty, and the last run saw" in ended.err
        assert written(shop) == before
