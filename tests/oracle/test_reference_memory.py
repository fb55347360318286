"""The oracle's stays with `keep_while`, `min_stay` and `cool_down` against examples worked out by hand."""

from datetime import datetime

import pytest

from tests.support.oracle.example import catalog, happened, person, shop, utc
from tests.support.oracle.reference import History, Row, load, members, memory_of

RULE = "name: it, rule: {attribute: n, gte: 5}"


def run(history: History, as_of: str, segments: str, people: list[Row], zone: str = "Europe/London") -> set[object]:
    """One run. Returns the members of `it` after it."""
    definitions, rows, at = [load(f"segments: [{segments}]")], shop(people), utc(as_of)
    history.apply(at, members(catalog(zone), definitions, rows, at), memory_of(catalog(zone), definitions, rows, at))
    return history.members().get("it", set())


def days_in(memory: str, numbers: dict[int, int], first: int = 1) -> list[int]:
    """The days of March after whose run, at noon, one customer is a member. `numbers`: their `n`, by day of change."""
    history, found, number = History(), [], 0
    for day in range(first, 32):
        number = numbers.get(day, number)
        if run(history, f"2024-03-{day:02} 12:00", f"{{{RULE}{memory}}}", [person(n=number)]):
            found.append(day)
    return found


def test_without_memory_membership_is_the_answer_of_each_run() -> None:
    assert days_in("", {3: 5, 4: 0, 6: 9, 9: 1}) == [3, 6, 7, 8]


def test_keep_while_is_hysteresis() -> None:
    keep = ", keep_while: {attribute: n, gte: 2}"
    # 3 is enough to stay, but not to join.
    assert days_in(keep, {1: 3, 5: 5, 6: 3, 10: 1, 12: 3, 20: 5, 21: 0}) == [5, 6, 7, 8, 9, 20]
    # The rule is enough to stay, even if `keep_while` does not hold.
    assert days_in(", keep_while: {attribute: n, between: [2, 4]}", {5: 5, 7: 9, 8: 3, 9: 1}) == [5, 6, 7, 8]


def test_min_stay() -> None:
    assert days_in(", min_stay: 3 days", {5: 5, 6: 0}) == [5, 6, 7]  # leaves when joined at as of - 3 days
    assert days_in(", min_stay: 3 days", {5: 5, 12: 0}) == [5, 6, 7, 8, 9, 10, 11]
    assert days_in(", min_stay: 3 days", {5: 5, 6: 0, 7: 5, 8: 0}) == [5, 6, 7]  # one stay, counted from its beginning
    assert days_in(", min_stay: 3 days", {5: 5, 6: 0, 9: 5, 10: 0}) == [5, 6, 7, 9, 10, 11]


@pytest.mark.parametrize(("as_of", "stays"), [("2024-03-31 10:59:59", True), ("2024-03-31 11:00", False)])
def test_the_days_of_a_stay_are_calendar_days(as_of: str, stays: bool) -> None:
    # London's clocks go forward on the 31st: from noon to noon is 23 hours.
    history = History()
    definition = f"{{{RULE}, min_stay: 1 day}}"
    assert run(history, "2024-03-30 12:00", definition, [person(n=5)]) == {1}
    assert run(history, as_of, definition, [person(n=0)]) == ({1} if stays else set())


def test_cool_down() -> None:
    # They left on the 7th.
    assert days_in(", cool_down: 5 days", {5: 5, 7: 0, 8: 5, 14: 0}) == [5, 6, 12, 13]
    assert days_in(", cool_down: 5 days", {5: 5, 7: 0, 12: 5, 13: 0}) == [5, 6, 12]
    assert days_in(", cool_down: 5 days", {1: 5, 3: 0}) == [1, 2]  # a first stay needs no wait
    # From the 14th on they wait again.
    assert days_in(", cool_down: 5 days", {5: 5, 7: 0, 8: 5, 14: 0, 15: 5, 20: 0}) == [5, 6, 12, 13, 19]


def test_all_together() -> None:
    memory = ", keep_while: {attribute: n, gte: 2}, min_stay: 4 days, cool_down: 1 week"
    # 3 keeps them until the 8th. Gone on the 9th, because the four days are over. They wait until the 16th.
    assert days_in(memory, {5: 5, 6: 3, 9: 0, 10: 9, 17: 0}) == [5, 6, 7, 8, 16, 17, 18, 19]


def test_who_is_gone_from_the_source_leaves_at_once_and_cools_down() -> None:
    definition = f"{{{RULE}, keep_while: {{not: {{attribute: n, gt: 99}}}}, min_stay: 1 year, cool_down: 2 days}}"
    history = History()
    assert run(history, "2024-03-01", definition, [person(n=5), person(2, n=5)]) == {1, 2}
    assert run(history, "2024-03-02", definition, [person(2, n=0)]) == {2}
    assert run(history, "2024-03-03", definition, [person(n=5), person(2)]) == {2}
    assert run(history, "2024-03-04", definition, [person(n=5), person(2)]) == {1, 2}
    assert [stay.joined_at.day for stay in history.stays()] == [1, 4, 1]


@pytest.mark.parametrize("gone", ["", "{name: other, rule: {attribute: n, eq: 1}}", "disabled"])
def test_a_segment_that_is_removed_or_disabled_ends_its_stays_at_once(gone: str) -> None:
    definition = f"{RULE}, keep_while: {{attribute: n, is: set}}, min_stay: 1 year"
    history = History()
    assert run(history, "2024-03-01", f"{{{definition}}}", [person(n=5)]) == {1}
    text = f"{{{definition}, enabled: false}}" if gone == "disabled" else gone
    assert run(history, "2024-03-02", text, [person(n=5)]) == set()
    assert history.stays()[0].left_at == utc("2024-03-02")


def test_memory_changes_no_reference_and_keeps_apart_segments() -> None:
    text = f"{{{RULE}, min_stay: 1 year}}, {{name: second, rule: {{segment: it}}}}, {{name: third, extends: it}}"
    history = History()
    run(history, "2024-03-01", text, [person(n=5)])
    assert history.members() == {"it": {1}, "second": {1}, "third": {1}}
    assert run(history, "2024-03-02", text, [person(n=0)]) == {1}
    assert history.members() == {"it": {1}}


def test_what_keeps_is_worked_out_at_each_run() -> None:
    text = "{name: it, rule: {event: order, within_last: 3 days}, keep_while: {event: order, within_last: 8 days}}"
    history, found = History(), []
    for day in range(1, 15):
        at: datetime = utc(f"2024-03-{day:02} 12:00")
        rows = shop(1, orders=[happened("2024-03-04 12:00")])
        run_input = (catalog(), [load(f"segments: [{text}]")], rows, at)
        history.apply(at, members(*run_input), memory_of(*run_input))
        found += [day] if history.members() else []
    assert found == list(range(4, 12))


def test_no_customer_waits_after_a_segment_was_removed() -> None:
    history, there = History(), f"{{{RULE}, cool_down: 5 days}}"
    paused = f"{{{RULE}, cool_down: 5 days, enabled: false}}"
    other = "{name: other, rule: {attribute: n, gte: 5}}"
    runs = [(there, 5), (paused, 5), (there, 5), (other, 5), (there, 5), (there, 0), (paused, 5), (there, 5)]
    result = [
        run(history, f"2024-03-{day:02} 12:00", text, [person(n=number)]) == {1}
        for day, (text, number) in enumerate(runs, start=1)
    ]
    # A customer who left without a pause waits, even though the segment was paused after that.
    assert result == [True, False, True, False, True, False, False, False]
