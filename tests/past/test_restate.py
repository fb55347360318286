"""restate: late rows are found, reported, and put into the record only on request. On every engine."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from segctl.errors import Failure
from segctl.language.names import digest
from segctl.operations.recomputation.restate import Restatement, RestateRequest, restate
from segctl.operations.recomputation.verify import verify
from segctl.operations.runs.run import run
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.oracle.reference import Tables
from tests.support.shops.past_shop import (
    ACCOUNTS,
    AT,
    CATALOG,
    CUSTOMERS,
    DAYS,
    assert_totals_agree,
    built,
    insert_orders,
    key,
    oracle,
    order,
    seen,
    shop,
    with_orders,
)

# Edited with the third run, held back in the second, and let pass in the third.
EDITED = CUSTOMERS.replace("{metric: spent, gte: 60}", "{metric: spent, gte: 90}")
GUARD = "{name: recent, guard: {max_size: 8},"
FIRST, THEN = (text.replace("{name: recent,", GUARD) for text in (CUSTOMERS, EDITED))
# Late rows, known after the third run: each adds spend earlier, or a recent order.
LATE = (
    order(key(5), datetime(2024, 3, 30, 12), 200.0),
    order(key(14), datetime(2024, 3, 29, 12), 80.0),
    order(key(8), datetime(2024, 3, 31, 12), 10.0),
)


def restated(project: TestProject, since: str, *segments: str, apply: bool = False) -> Restatement:
    return restate(project.project, project.warehouse, RestateRequest(since, segments, apply), lambda *_: None)


def recorded(project: TestProject) -> dict[str, list[str]]:
    return seen(project) | seen(project, ["segment_corrections", "erasures"])


def test_late_rows_are_reported_and_put_in_place_only_on_request(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    project = built(tmp_path, engine, f"restate_{digest(request.node.nodeid, 8)}")
    project.define(CATALOG, customers=FIRST, accounts=ACCOUNTS)
    project.run(AT[0])
    assert [held_segment.segment for held_segment in project.run(AT[1]).held] == ["recent"]
    project.define(CATALOG, customers=THEN, accounts=ACCOUNTS)
    run(project.project, project.warehouse, AT[2].isoformat(), lambda *_: None, ["recent"])
    early, late = shop(), with_orders(shop(), *LATE)
    held = [(AT[1], "recent")]
    was = oracle([(AT[0], early, FIRST), (AT[1], early, FIRST), (AT[2], early, THEN)], held)
    assert project.stays() == was
    insert_orders(project, *LATE)
    before = recorded(project)
    restatement = restated(project, DAYS[1])
    # silver is only recomputed from its present definition on.
    wanted = oracle([(AT[0], early, FIRST), (AT[1], late, FIRST), (AT[2], late, THEN)], held)
    silver = oracle([(AT[0], early, FIRST), (AT[1], early, FIRST), (AT[2], late, THEN)], held)
    wanted = sorted([s for s in wanted if s[0] != "silver"] + [s for s in silver if s[0] == "silver"], key=in_order)
    assert recorded(project) == before
    assert {
        (difference.segment, difference.kind): difference.stays
        for difference in restatement.differences
        if difference.segment not in ("busy", "retail")
    } == (differing(was, wanted))
    assert (restatement.runs, restatement.applied, restatement.left_out) == (2, False, ())
    put = restated(project, DAYS[1], apply=True)
    assert put.differences == restatement.differences
    assert put.applied
    assert project.stays() == wanted
    assert_what_goes_with_it(project, put, [(AT[1], "recent")])
    after = recorded(project)
    again = restated(project, DAYS[1], apply=True)
    assert (again.differences, again.applied) == ((), False)
    assert recorded(project) == after
    assert_runs_go_on(project, [(AT[0], early, FIRST), *((at, late, THEN) for at in AT[1:])])


def assert_runs_go_on(project: TestProject, occasions: list[tuple[datetime, Tables, str]]) -> None:
    # The features are still those of the last run. The next run continues from there.
    verification = verify(project.project, project.warehouse, DAYS[1], lambda *_: None)
    assert (verification.stays, verification.sizes) == ((), ())
    project.run(AT[3])
    verification = verify(project.project, project.warehouse, "", lambda *_: None)
    assert (verification.features, verification.stays, verification.sizes) == ((), (), ())
    spenders = [stay for stay in project.stays() if stay[0] == "spender"]
    assert spenders == [stay for stay in oracle(occasions) if stay[0] == "spender"]


def in_order(stay: tuple[str, object, datetime, datetime | None]) -> tuple[str, str, datetime]:
    return stay[0], str(stay[1]), stay[2]


def differing(
    was: list[tuple[str, object, datetime, datetime | None]],
    wanted: list[tuple[str, object, datetime, datetime | None]],
) -> dict[tuple[str, str], int]:
    """How many stays of each segment differ in which way, without causes."""
    ends, new_ends = ({stay[:3]: stay[3] for stay in stays} for stays in (was, wanted))
    counts: dict[tuple[str, str], int] = {}
    for stay in ends.keys() | new_ends.keys():
        if stay in ends and stay in new_ends and ends[stay] == new_ends[stay]:
            continue
        kind = "another end" if stay in ends and stay in new_ends else None
        kind = kind or ("only recorded" if stay in ends else "only recomputed")
        counts[stay[0], kind] = counts.get((stay[0], kind), 0) + 1
    return counts


def assert_what_goes_with_it(project: TestProject, put: Restatement, held: list[tuple[datetime, str]]) -> None:
    """Its note, the sizes of all runs, and the totals of runs."""
    changed = {difference.segment for difference in put.differences}
    notes = project.read("segment_corrections")
    assert {row["segment"] for row in notes} == changed
    assert {(row["operation"], row["since"]) for row in notes} == {("restate", AT[1].replace(tzinfo=None))}
    for row in notes:
        kinds = {
            difference.kind: difference.stays for difference in put.differences if difference.segment == row["segment"]
        }
        counts = (row["stays_added"], row["stays_removed"], row["stays_changed"])
        rest = sum(kinds.values()) - kinds.get("only recomputed", 0) - kinds.get("only recorded", 0)
        assert counts == (kinds.get("only recomputed", 0), kinds.get("only recorded", 0), rest)
    stays = project.read("segment_history") + project.read("account_segment_history")
    sizes = project.read("segment_sizes")
    for row in sizes:
        there = [s for s in stays if s["segment"] == row["segment"] and s["joined_at"] <= row["as_of"]]
        assert row["size"] == sum(s["left_at"] is None or s["left_at"] > row["as_of"] for s in there)
        assert row["joined_count"] == sum(s["joined_at"] == row["as_of"] for s in there)
        assert row["left_count"] == sum(s["left_at"] == row["as_of"] for s in there)
    result = {(row["as_of"], row["segment"]) for row in sizes if row["held_by"]}
    assert result == {(at.replace(tzinfo=None), segment) for at, segment in held}
    assert_totals_agree(project)


def test_segments_alone_and_those_that_cannot_be_restated(tmp_path: Path) -> None:
    project = built(tmp_path, Engine("duckdb"), "shop")
    with pytest.raises(Failure, match="nothing has been built on this target yet"):
        restated(project, DAYS[0])
    project.run(AT[0])
    project.run(AT[1])
    insert_orders(project, *LATE)
    more = EDITED + "  - {name: added, rule: {event: order}}\n"
    project.define(CATALOG, customers=more, accounts=ACCOUNTS)
    before = seen(project)
    restatement = restated(project, DAYS[0], "spender", "silver", "added", apply=True)
    assert restatement.segments == ("spender",)
    assert dict(restatement.left_out) == {
        "silver": "its definition has changed since the last run",
        "added": "no run has evaluated it yet",
    }
    assert {difference.segment for difference in restatement.differences} == {"spender"}
    late = oracle((at, with_orders(shop(), *LATE), CUSTOMERS) for at in AT[:2])
    assert [stay for stay in project.stays() if stay[0] == "spender"] == [stay for stay in late if stay[0] == "spender"]
    after = seen(project)
    for view in ("segment_history", "segment_sizes", "segment_changes", "segment_definitions"):
        mine = "('segment', 'spender')"
        assert [row for row in after[view] if mine not in row] == [row for row in before[view] if mine not in row]
    with pytest.raises(Failure, match="there has been no run since then; the last was as of 2024-03-31") as refused:
        restated(project, DAYS[3])
    assert refused.value.exit_code == 2


VALUES = """
version: 1
segments:
  - {name: everybody, rule: {sample: 100%, salt: x}}
  - {name: spenders, rule: {metric: spent, gt: 15}}
"""
ONE_SHOP = """
version: 1
timezone: UTC
revenue: spent
entities: {customer: {model: customers, key: id}}
events: {order: {model: orders, customer: customer, at: paid_at, fields: {amount: number}}}
metrics: {spent: {sum: order.amount}}
"""
ONE_COLUMNS = {
    "customers": {"id": "bigint"},
    "orders": {"customer": "bigint", "paid_at": "timestamp", "amount": "bigint"},
}


def test_all_sizes_of_a_restated_run_are_of_one_calculation(engine: Engine, tmp_path: Path) -> None:
    project = TestProject(tmp_path, engine, "restate_sizes")
    orders = [{"customer": 1, "paid_at": datetime(2024, 1, 5), "amount": 10}]
    project.load({"customers": [{"id": 1}], "orders": orders}, ONE_COLUMNS)
    project.define(ONE_SHOP, values=VALUES)
    for day in (8, 15):
        project.run(datetime(2024, 1, day, tzinfo=UTC))
    project.execute("insert into restate_sizes_raw.orders values (1, timestamp '2024-01-06 00:00:00', 10)")
    put = restated(project, "2024-01-08", apply=True)
    assert {difference.segment for difference in put.differences} == {"spenders"}
    # There is no run before the first one.
    assert put.causes_after is None
    assert restated(project, "2024-01-15").causes_after == datetime(2024, 1, 15)
    assert [
        (row["segment"], row["as_of"].day, row["size"], int(row["member_revenue"]), int(row["total_revenue"]))
        for row in sorted(project.read("segment_sizes"), key=lambda row: (row["as_of"], row["segment"]))
    ] == [(segment, day, 1, 20, 20) for day in (8, 15) for segment in ("everybody", "spenders")]
    assert {row["segment"] for row in project.read("segment_corrections")} == {"spenders"}
