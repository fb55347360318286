"""Contradictions in a reader's view are found: each fault is put into a valid view."""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta

import pytest

from segctl.warehouse import Row
from tests.faults.states import VIEWS, faults, read
from tests.support.built_project import TestProject

State = dict[str, list[Row]]


def loses_a_member(state: State) -> None:
    state["segment_membership"].pop()


def doubles_a_stay(state: State) -> None:
    stay = state["segment_history"][0]
    state["segment_history"].append({**stay, "joined_at": stay["joined_at"] + timedelta(seconds=1)})


def shows_half_of_a_run(state: State) -> None:
    state["segment_runs"].remove(max(state["segment_runs"], key=lambda row: row["as_of"]))


def loses_a_change(state: State) -> None:
    state["segment_changes"].pop()


def counts_one_too_many(state: State) -> None:
    state["segment_sizes"][0]["size"] += 1


def forgets_a_definition(state: State) -> None:
    state["segment_definitions"] = [row for row in state["segment_definitions"] if row["segment"] != "big"]


def defines_twice(state: State) -> None:
    state["segment_definitions"].append(state["segment_definitions"][0])


@pytest.mark.parametrize(
    ("meddle", "contradiction"),
    [
        (loses_a_member, "members are not stays"),
        (doubles_a_stay, "stays overlap"),
        (shows_half_of_a_run, "shows what no finished run has written"),
        (loses_a_change, "changes are not those of the history"),
        (counts_one_too_many, "but the stays say"),
        (forgets_a_definition, "nobody knows the segment big"),
        (defines_twice, "two definitions of a segment are in effect"),
    ],
)
def test_a_contradiction_is_found_out(meddle: Callable[[State], None], contradiction: str, shop: TestProject) -> None:
    state = deepcopy(read(shop, VIEWS))
    assert faults(state) == []
    meddle(state)
    assert any(contradiction in fault for fault in faults(state))
