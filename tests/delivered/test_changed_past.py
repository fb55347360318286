"""A delivery after the past that it sent was changed."""

from datetime import datetime, timedelta

from segctl.operations.deliveries.cursors import Correction, Cursor, Run
from segctl.operations.deliveries.delivery_steps import DeliveryRecord, new_cursors, updated_cursors

DAY = timedelta(days=1)
FIRST = datetime(2025, 12, 1)
RUNS = tuple(Run(f"run_{number}", FIRST + number * DAY, f"invocation_{number}") for number in range(4))
SENT_AT = datetime(2026, 1, 1)


def known(runs: tuple[Run, ...] = RUNS, *corrections: Correction) -> DeliveryRecord:
    return DeliveryRecord(runs, frozenset(("vip", "other")), corrections, {"vip": "customer", "other": "customer"}, {})


def cursor(segment: str = "vip", run: Run = RUNS[2]) -> Cursor:
    return Cursor(segment, run, False, SENT_AT)


def test_deliveries_go_on_after_an_unchanged_past() -> None:
    assert updated_cursors([cursor(), cursor("other", RUNS[0])], known()) == ([cursor(), cursor("other", RUNS[0])], [])


def test_a_run_with_another_outcome_is_sent_again() -> None:
    again = Run("run_2", RUNS[2].as_of, "another")
    (found,), (reports,) = updated_cursors([cursor()], known((*RUNS[:2], again, RUNS[3])))
    assert (found.run.as_of, found.is_begun) == (RUNS[1].as_of, False)
    assert reports.startswith("run run_2 was repeated with another outcome")
    # After a repeated first run, everything is.
    (found,), _ = updated_cursors([cursor(run=RUNS[0])], known((Run("run_0", FIRST, "another"),)))
    assert found.run.as_of < FIRST


def test_members_that_have_not_all_been_sent_are_those_of_the_run_as_it_is_now() -> None:
    again = Run("run_2", RUNS[2].as_of, "another")
    (started,) = new_cursors(["vip"], RUNS[2])
    (found,), reports = updated_cursors([started], known((*RUNS[:2], again)))
    assert (found.run, found.is_begun) == (again, True)
    assert reports


def test_a_new_history_is_sent_again() -> None:
    for runs in (RUNS[:2], (Run("run_9", FIRST + 9 * DAY, "x"),)):
        (found,), (reports,) = updated_cursors([cursor()], known(runs))
        assert (found.run, found.is_begun) == (runs[-1], True)
        assert "is no longer recorded: all members go again" in reports


def test_only_a_correction_of_what_was_sent_counts() -> None:
    after = SENT_AT + DAY
    matters = Correction("vip", RUNS[1].as_of, after)
    for one in (
        Correction("other", RUNS[1].as_of, after),
        Correction("vip", RUNS[3].as_of, after),
        Correction("vip", RUNS[1].as_of, SENT_AT - DAY),
    ):
        assert updated_cursors([cursor()], known(RUNS, one)) == ([cursor()], [])
    (found, other), (reports,) = updated_cursors([cursor(), cursor("other")], known(RUNS, matters))
    assert (found.run, found.is_begun) == (RUNS[3], True)
    assert other == cursor("other")
    assert reports.startswith("the past of vip was corrected")
