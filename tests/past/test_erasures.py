"""verify and restate after an erasure: no other customer moves in the past, and no other difference is skipped."""

from datetime import timedelta
from pathlib import Path

import pytest

from segctl.language.names import digest
from segctl.operations.people.erase import erase
from segctl.operations.recomputation.replay import Schedule, replay
from segctl.operations.recomputation.restate import Restatement, RestateRequest, restate
from segctl.operations.recomputation.verify import Verified, verify
from segctl.warehouse import Row
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.shops.past_shop import ACCOUNTS, AT, CATALOG, CUSTOMERS, DAYS, built, insert_orders, key, order

# Each of them depends on others in a different way, the last two through their parts.
MORE = """
  - {name: half, rule: {rank: spent, top: 50%}}
  - {name: richest, rule: {metric: spent, gt: 0}, limit: {rank: spent, top: 4}}
  - {name: next_best, rule: {all: [{rank: spent, top: 6}, {not: {segment: best}}]}}
  - {name: of_busy, rule: {belongs_to: account, that: {customers: {event: order, within_last: 1 day}, times: {gte: 2}}}}
  - {name: kept, rule: {metric: spent, gte: 200}, keep_while: {rank: spent, top: 30%}}
  - {name: once_rich, rule: {segment: richest}}
"""
COMPARING = ("best", "half", "richest", "next_best", "of_busy", "kept", "once_rich", "busy")
OWN = ("french", "gold", "lasting", "recent", "retail", "silver", "spender")
SINCE_ERASED = "it compares people with others, and a customer has been erased since"


def verified(project: TestProject, since: str = "") -> Verified:
    return verify(project.project, project.warehouse, since, lambda *_: None)


def restated(project: TestProject, since: str, apply: bool = False) -> Restatement:
    return restate(project.project, project.warehouse, RestateRequest(since, (), apply), lambda *_: None)


def erase_customers(project: TestProject, *members: str) -> None:
    erase(project.project, project.warehouse, members, "customer", False)


def differing(found: Verified) -> tuple[object, ...]:
    return found.features, found.stays, found.sizes


def made(engine: Engine, root: Path, request: pytest.FixtureRequest, more: str = MORE) -> TestProject:
    project = built(root, engine, f"erasures_{digest(request.node.nodeid, 8)}")
    project.define(CATALOG, customers=CUSTOMERS + more, accounts=ACCOUNTS)
    return project


def test_an_erasure_moves_nobody_else_in_the_past(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    project = made(engine, tmp_path, request)
    project.run(AT[0])
    first = {str(member) for member in project.members()["recent"]}
    project.run(AT[1])
    gone = min(first & {str(member) for member in project.members()["best"]})
    erase_customers(project, "nobody")
    verification = verified(project)
    # A customer without any row was compared with none.
    assert (differing(verification), verification.left_out, verification.features_left_out) == (((), (), ()), (), ())
    erase_customers(project, gone)
    verification = verified(project, DAYS[0])
    assert differing(verification) == ((), (), ())
    assert verification.segments == OWN
    assert dict(verification.left_out) == dict.fromkeys(COMPARING, SINCE_ERASED)
    assert {"account_features", "customer_features"} == {name.split(".")[0] for name in verification.features_left_out}
    assert "customer_features.country" not in verification.features_left_out
    assert_late_rows_are_restated(project)
    project.run(AT[2])
    assert_compared_again(project)


def assert_late_rows_are_restated(project: TestProject) -> None:
    """For segments that depend on no other customer. Earlier sizes count the erased, later ones do not."""
    now = project.members()
    member = min(known(project) - {str(one) for name in ("spender", "recent") for one in now[name]})
    insert_orders(project, order(member, AT[1] - timedelta(hours=3), 100.0))
    ranked = stays_that_compare(project)
    put = restated(project, DAYS[1], apply=True)
    assert {"spender", "recent"} <= {difference.segment for difference in put.differences} <= set(OWN)
    assert {segment for segment, _ in put.left_out} == set(COMPARING)
    assert sorted(map(str, ranked)) == sorted(map(str, stays_that_compare(project)))
    assert verified(project).sizes == ()


def stays_that_compare(project: TestProject) -> list[Row]:
    return [row for row in project.read("segment_history") if row["segment"] in COMPARING]


def known(project: TestProject) -> set[str]:
    return {row["customer_id"] for row in project.read("customer_features")}


def assert_compared_again(project: TestProject) -> None:
    """From the first run without them on, everything is compared as usual."""
    verification = verified(project, DAYS[0])
    assert verification.segments == tuple(sorted((*OWN, *COMPARING)))
    assert (verification.features, verification.sizes, verification.features_left_out) == ((), (), ())
    # The first run was not restated: its late rows are a separate matter.
    assert {stay.segment for stay in verification.stays} <= set(OWN)
    since = f"{SINCE_ERASED}: not before the run as of 2024-04-01 00:00:00 BST"
    assert dict(verification.left_out) == dict.fromkeys(COMPARING, since)
    taken = next(row for row in project.read("segment_history") if row["segment"] == "half" and not row["left_at"])
    project.execute(
        f"delete from {project.schema}.segment_stays where segment = 'half' and customer_id = '{taken['customer_id']}'"
    )
    # Removed rows are put back, by the run after which no customer was erased.
    put = restated(project, DAYS[2], apply=True)
    assert [(difference.segment, difference.kind, difference.stays) for difference in put.differences] == [
        ("half", "only recomputed", 1)
    ]


def test_what_a_guard_judged_with_the_erased_among_them(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Without them it might have let the segment pass."""
    project = made(Engine("duckdb"), tmp_path, request, "")
    project.run(AT[0])
    size = len(project.members()["french"])
    guarded = CUSTOMERS.replace("{name: french,", f"{{name: french, guard: {{max_size: {size}}},")
    project.define(CATALOG, customers=guarded, accounts=ACCOUNTS)
    project.execute(f"update {project.schema}_raw.customers set country = 'FR' where id = '{key(1)}'")
    assert [held_segment.segment for held_segment in project.run(AT[1]).held] == ["french"]
    erase_customers(project, key(0))
    verification = verified(project, DAYS[0])
    assert differing(verification) == ((), (), ())
    assert dict(verification.left_out)["french"] == "a guard held it back, and a customer has been erased since"
    assert key(1) not in project.members()["french"]
    # The next run lets it pass, and is compared with its causes.
    project.run(AT[2])
    assert key(1) in project.members()["french"]
    verification = verified(project, DAYS[1])
    assert (differing(verification), "french" in verification.segments) == (((), (), ()), True)


def test_a_past_that_was_given_since_is_compared(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    project = made(Engine("duckdb"), tmp_path, request, "")
    project.run(AT[0])
    project.run(AT[1])
    erase_customers(project, *map(str, project.members()["best"]))
    project.define(CATALOG, customers=CUSTOMERS + MORE.splitlines()[1] + "\n", accounts=ACCOUNTS)
    replay(project.project, project.warehouse, Schedule(DAYS[0], "", "1d"), ("half",), lambda *_: None)
    verification = verified(project, DAYS[0])
    assert "half" in verification.segments
    assert [(stay.segment, stay.kind) for stay in verification.stays] == []
    assert set(dict(verification.left_out)) == {"best", "busy"}
