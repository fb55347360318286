"""replay: the past as if runs had always happened, for all or for new segments, and its instants. On every engine."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from segctl.errors import Failure
from segctl.language.names import digest
from segctl.operations.recomputation.replay import Replayed, Schedule, replay
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.shops.past_shop import (
    ACCOUNTS,
    AT,
    CATALOG,
    CUSTOMERS,
    DAYS,
    VIEWS,
    assert_totals_agree,
    built,
    oracle,
    replayed,
    seen,
    shop,
)

NEW = "  - {name: fresh, rule: {event: order, within_last: 30 hours}, min_stay: 1 day}\n"
BUSIER = "  - {name: busier, rule: {customers: {event: order, within_last: 2 days}, times: {gte: 3}}}\n"


# What these evaluated in the past is unknown.
PARTIAL = (
    ("best", ("customer",)),
    ("busy", ("account",)),
    ("french", ("country", "customer")),
    ("retail", ("account.industry",)),
)


class CutOffError(Exception):
    """Ends a test's replay in the middle."""


def schema_of(request: pytest.FixtureRequest) -> str:
    return f"recompute_{digest(request.node.nodeid, 8)}"


def segments_replayed(project: TestProject, start: str, *names: str, every: str = "1d") -> Replayed:
    return replay(project.project, project.warehouse, Schedule(start, "", every), names, lambda *_: None)


def others(views: dict[str, list[str]], *names: str) -> dict[str, list[str]]:
    """What readers see of all other segments."""
    quoted = [f"('segment', '{name}')" for name in names]
    return {view: [row for row in rows if not any(one in row for one in quoted)] for view, rows in views.items()}


def cut_after(number: int, total: int) -> None:
    assert total == len(DAYS)
    if number == 2:
        raise CutOffError


def test_a_replay_equals_daily_runs_also_when_it_was_cut_off(tmp_path: Path) -> None:
    daily, whole = (built(tmp_path / name, Engine("duckdb"), "shop") for name in ("daily", "whole"))
    for at in AT:
        daily.run(at)
    schedule = Schedule(DAYS[0], DAYS[-1], "1d")
    with pytest.raises(CutOffError):
        replay(whole.project, whole.warehouse, schedule, (), cut_after)
    assert len(whole.read("segment_runs")) == 2
    done = replay(whole.project, whole.warehouse, schedule, (), lambda *_: None)
    assert (done.runs, done.partial) == (2, PARTIAL)
    assert seen(whole) == seen(daily)
    assert whole.stays() == oracle((at, shop(), CUSTOMERS) for at in AT)
    causes = {row["cause"] for row in whole.read("segment_changes")}
    assert causes == {"first_run", "activity", "time", "population"}
    # All of it is there already, and none of it is possible again.
    for start, quoted in ((DAYS[0], "goes to 2024-04-02 00:00:00 BST"), ("2024-03-28", "cannot go before it")):
        with pytest.raises(Failure, match=quoted) as refused:
            replayed(whole, (start, DAYS[-1]))
        assert refused.value.exit_code == 2
    with pytest.raises(Failure, match="a replay cannot go before it"):
        replayed(whole, ("2024-03-28", "2024-04-05"))
    assert seen(whole) == seen(daily)


def test_new_segments_are_given_the_past_that_they_would_have_had(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Twice a day, and as of the recorded runs, one of which is as of an odd instant."""
    project = built(tmp_path, engine, schema_of(request))
    odd = datetime(2024, 3, 31, 9, 33, tzinfo=UTC)
    for at in (AT[0], odd):
        project.run(at)
    defined = CUSTOMERS + NEW
    project.define(CATALOG, customers=defined, accounts=ACCOUNTS + BUSIER)
    # For runs, the totals change.
    views = [view for view in VIEWS if view != "segment_runs"]
    before = seen(project, views)
    done = segments_replayed(project, "2024-03-30 01:00", "fresh", "busier", every="12h")
    instants = [*(datetime(2024, 3, 30, hour, tzinfo=UTC) for hour in (1, 13)), datetime(2024, 3, 31, 1, tzinfo=UTC)]

    def past(*occasions: datetime) -> list[tuple[str, object, datetime, datetime | None]]:
        return [stay for stay in oracle((at, shop(), defined) for at in occasions) if stay[0] == "fresh"]

    wanted = past(*instants, odd)
    assert {stay[2] for stay in wanted} >= {instants[0], instants[1], odd}
    assert [stay for stay in project.stays() if stay[0] == "fresh"] == wanted
    assert (done.runs, done.segments) == (3, ("fresh", "busier"))
    assert {(difference.segment, difference.kind) for difference in done.differences} == {
        ("fresh", "only recomputed"),
        ("busier", "only recomputed"),
    }
    assert others(seen(project, views), "fresh", "busier") == before
    assert_totals_agree(project)
    notes = [tuple(row.values())[1:] for row in project.read("segment_corrections")]
    assert ("replay", "fresh", datetime(2024, 3, 30, 1), len(wanted), 0, 0) in notes
    project.run(AT[2])
    assert [stay for stay in project.stays() if stay[0] == "fresh"] == past(*instants, odd, AT[2])
    first = instants[0].replace(tzinfo=None)
    joins = [row for row in project.read("segment_history") if row["segment"] == "fresh"]
    assert all((row["join_cause"] == "first_run") == (row["joined_at"] == first) for row in joins)
    assert_refusals(project, defined)


def assert_refusals(project: TestProject, defined: str) -> None:
    """Segments with a past of another meaning, or from before, keep it."""
    before = seen(project)
    with pytest.raises(Failure, match="recent: recorded under another definition, or before --from") as refused:
        segments_replayed(project, DAYS[1], "recent")
    assert refused.value.exit_code == 2
    edited = defined.replace("rule: {metric: spent, gte: 100}", "rule: {metric: spent, gte: 70}")
    project.define(CATALOG, customers=edited, accounts=ACCOUNTS + BUSIER)
    with pytest.raises(Failure, match="spender: recorded under another definition"):
        segments_replayed(project, DAYS[0], "spender")
    renamed = defined.replace("{name: spender,", "{name: big_spender, formerly: spender,")
    project.define(CATALOG, customers=renamed, accounts=ACCOUNTS + BUSIER)
    with pytest.raises(Failure, match="spender: recorded under another definition"):
        segments_replayed(project, DAYS[0], "big_spender")
    assert seen(project) == before
    project.define(CATALOG, customers=edited, accounts=ACCOUNTS + BUSIER)
    project.run(AT[3])
    with pytest.raises(Failure, match="spender: recorded under another definition"):
        segments_replayed(project, DAYS[0], "spender")


def test_a_replay_of_segments_needs_runs_and_known_names(tmp_path: Path) -> None:
    project = built(tmp_path, Engine("duckdb"), "shop")
    with pytest.raises(Failure, match="there has been no run yet") as refused:
        segments_replayed(project, DAYS[0], "recent")
    assert refused.value.exit_code == 2
    with pytest.raises(Failure, match="recnt"):
        segments_replayed(project, DAYS[0], "recnt")
    with pytest.raises(Failure, match="--from is after --to"):
        replayed(project, (DAYS[1], DAYS[0]))
