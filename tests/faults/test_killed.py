"""`kill -9` between a run's statements: readers see the state before or after, and the next run repairs it."""

import hashlib
from pathlib import Path
from random import Random

import pytest

from tests.faults.conftest import KEPT, LATER, VICTIM, Case
from tests.faults.killer import DIE_BEFORE, KEEP, KEPT_FILE, SENT
from tests.faults.program import FULL, Nursery
from tests.faults.shop import day, iso
from tests.faults.states import Copies, history, seen, written

RUN = ("run", "--as-of", iso(VICTIM))
NEXT = ("run", "--as-of", iso(LATER))


def is_before(case: Case, file: Path | None = None) -> bool:
    """Whether readers see the state before. Fails unless they see that, or the state after a whole run."""
    state = seen(case.shop, file)
    assert [view for view in state if state[view] not in (case.before[view], case.after[view])] == []
    assert state in (case.before, case.after)
    return state == case.before


def assert_healed(case: Case, program: Nursery) -> None:
    """The same run again gives what it would have given at once."""
    program.done(case.shop, *RUN)
    assert written(case.shop) == case.finished


def assert_never_begun(case: Case, program: Nursery) -> None:
    """A run as of a later day gives what it would have given without the killed run."""
    program.done(case.shop, *NEXT)
    stays_found = history(written(case.shop))
    # Its measures of the sources stay recorded, but no other run reads them.
    stays_found["run_sources"] = [row for row in stays_found["run_sources"] if row["as_of"] != day(VICTIM)]
    assert stays_found == history(case.next_day)


def test_what_a_kill_before_any_statement_leaves_on_disk(on_duckdb: Case, program: Nursery, tmp_path: Path) -> None:
    """A kill leaves the file and its log as they are. So each statement's state is saved, read and repaired."""
    case = on_duckdb
    case.copies.restore(KEPT)
    sent, file = tmp_path / "sent", case.shop.root / "test.duckdb"
    program.done(case.shop, *RUN, **{KEEP: str(tmp_path), KEPT_FILE: str(file), SENT: str(sent)})
    assert len(sent.read_text(encoding="utf-8").splitlines()) > 100
    kept = sorted(tmp_path.glob("*.duckdb"), key=lambda path: int(path.stem))
    before = [is_before(case, found) for found in kept]
    assert before == sorted(before, reverse=True)
    unfinished = kept[1 : sum(before)]
    assert 5 < len(unfinished) < len(kept) - 5
    copies, dice = Copies(case.shop, tmp_path), Random(1)
    for found in unfinished if FULL else dice.sample(unfinished, 2):
        copies.restore(found.stem)
        assert_healed(case, program)
    for found in unfinished if FULL else dice.sample(unfinished, 1):
        copies.restore(found.stem)
        assert_never_begun(case, program)


@pytest.mark.parametrize("engine", ["on_duckdb", pytest.param("on_postgres", marks=pytest.mark.postgres)])
def test_killed_before_a_statement(engine: str, program: Nursery, request: pytest.FixtureRequest) -> None:
    """Each statement in `make faults`, here some. A state that was repaired once is not repaired again."""
    case: Case = request.getfixturevalue(engine)
    killed, healed, finished = [], set(), 0
    numbers = range(100_000) if FULL else [Random(2).randrange(60, 130)]
    for number in numbers:
        case.copies.restore(KEPT)
        ended = program.run(case.shop, *RUN, **{DIE_BEFORE: str(number)})
        if ended.code == 0:
            assert number > 100
            break
        assert ended.killed, ended.err
        killed.append(number)
        finished += not is_before(case)
        state = hashlib.sha256(repr(written(case.shop)).encode()).digest()
        if state not in healed:
            healed.add(state)
            assert_healed(case, program)
    print(f"{engine}: {len(killed)} kills, {finished} after the run had finished, {len(healed)} states healed")
