"""Builds the history as if the schedule had always run, for all segments or only for new ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from segctl.errors import Failure
from segctl.operations.recomputation.differences import Difference, differences
from segctl.operations.recomputation.recompute import (
    ALL_SEGMENTS,
    PastRun,
    ProgressListener,
    Recomputation,
    clear,
    recompute,
)
from segctl.operations.recomputation.record import noted, put_in_place
from segctl.operations.recomputation.reset import drop, loss_of
from segctl.operations.recomputation.restate import RUNS
from segctl.operations.runs.exclusive import exclusive_change
from segctl.operations.runs.instants import as_local, check_not_future, every, read_as_of, read_every
from segctl.operations.runs.run import checked_plan, publishing
from segctl.operations.runs.tables import texts
from segctl.operations.segments.show import find_segment
from segctl.operations.sql import render_query
from segctl.plan.plan import Plan
from segctl.project.project import Project, commit_of
from segctl.warehouse import RUN_MODELS, UNCHANGING_MODELS, NothingBuilt, RunRequest, Warehouse


@dataclass(frozen=True)
class Replayed:
    """The result of a replay: its runs (naive UTC, first and last), segments, and differences from the record.

    `segments` is empty for a whole history. `partial` segments have no exact past, with the attributes that lack a
    history.
    """

    first: datetime
    last: datetime
    runs: int
    segments: tuple[str, ...]
    differences: tuple[Difference, ...]
    partial: tuple[tuple[str, tuple[str, ...]], ...]
    timezone: str


@dataclass(frozen=True)
class Schedule:
    """The written schedule of runs: from, to (empty: the last run, or now), and the interval.

    `allow_future` allows runs in the future.
    """

    start: str
    end: str
    step: str
    allow_future: bool = False


def replay(
    project: Project, warehouse: Warehouse, schedule: Schedule, segments: Sequence[str], on_run: ProgressListener
) -> Replayed:
    """Builds a history of past runs without guards, only for the named segments if there are any.

    A whole replay replaces a history that consists of first runs only. If interrupted, it resumes from its last run.
    Raises ProblemsFound or Failure.
    """
    plan = checked_plan(project)
    names = tuple(find_segment(plan, name).segment.name for name in segments)
    zone = plan.catalog.timezone
    start = read_as_of(schedule.start, zone, "--from")
    step = read_every(schedule.step)
    until = read_as_of(schedule.end, zone, "--to") if schedule.end else None
    for instant, option in ((start, f"--from {schedule.start}"), (until, f"--to {schedule.end}")):
        if instant:
            check_not_future(instant, option, schedule.allow_future)
    with exclusive_change(project, warehouse, "replay") as live:
        runs = _runs(live)
        now = datetime.now(UTC).replace(tzinfo=None)
        end = until or (runs[-1] if names and runs else now)
        instants = every(start, end, step, zone)
        if not instants:
            raise Failure("--from is after --to", "the earlier instant goes first", exit_code=2)
        replay_differences: list[Difference] = []
        if names:
            replay_differences = _replay_segments(live, plan, names, (instants, runs), on_run)
        else:
            if runs and instants[0] < runs[0]:
                _drop_first_runs(live, plan, runs)
                runs = []
            instants = _remaining_instants(instants, runs, zone)
            _replay_all(live, instants, zone, commit_of(project), on_run)
    replayed = [
        planned for planned in plan.segments if planned.segment.enabled and (planned.segment.name in names or not names)
    ]
    partial = tuple((segment.segment.name, segment.changing) for segment in replayed if segment.replayable == "partial")
    return Replayed(instants[0], instants[-1], len(instants), names, tuple(replay_differences), partial, zone)


def _runs(live: Warehouse) -> list[datetime]:
    try:
        return [row["as_of"] for row in live.query(RUNS)]
    except NothingBuilt:
        return []


def _drop_first_runs(live: Warehouse, plan: Plan, runs: list[datetime]) -> None:
    """Drops a history of first runs only, which a replay will reproduce. Raises Failure for any other."""
    loss = loss_of(plan, live)
    if loss and not loss.first_runs_alone:
        zone = plan.catalog.timezone
        message = f"the history begins with {as_local(runs[0], zone)}, and a replay cannot go before it"
        raise Failure(message, "use --segments to replay only those, or drop the history: segctl reset", exit_code=2)
    drop(live)


def _remaining_instants(instants: list[datetime], runs: list[datetime], zone: str) -> list[datetime]:
    """The instants after the last recorded run. Raises Failure unless the earlier ones equal the recorded runs."""
    remaining = [instant for instant in instants if not runs or instant > runs[-1]]
    if not remaining or not set(instants) - set(remaining) <= set(runs):
        message = f"the history goes to {as_local(runs[-1], zone)} already, and a replay cannot go before it"
        hint = "replay from a later day, use --segments to replay only those, or see segctl restate and segctl reset"
        raise Failure(message, hint, exit_code=2)
    return remaining


def _replay_all(live: Warehouse, instants: list[datetime], zone: str, commit: str, on_run: ProgressListener) -> None:
    """Runs at each instant on the live tables. Only the first and the last run build views and tests."""
    for number, instant in enumerate(instants, start=1):
        last = number == len(instants)
        only, but = ((), ()) if last or number == 1 else (RUN_MODELS, UNCHANGING_MODELS)
        with publishing(live, instant, zone):
            live.build(RunRequest(instant, ALL_SEGMENTS, commit, untested=last), only=only, but=but)
        on_run(number, len(instants))


def _refuse_former(live: Warehouse, plan: Plan, names: tuple[str, ...], start: datetime) -> None:
    """Raises Failure if one of the segments is already recorded, with another meaning or under another name."""
    planned = {segment.segment.name: segment for segment in plan.segments if segment.segment.name in names}
    called = [
        *names,
        *(
            planned_segment.segment.formerly.text
            for planned_segment in planned.values()
            if planned_segment.segment.formerly
        ),
    ]
    others: set[str] = set()
    seen: set[str] = set()
    for row in live.query(render_query("recompute/existing_history", segments=texts(called))):
        name = row["segment"]
        same = name in planned and row["definition_hash"] == planned[name].definition_hash
        if name in seen or not same or row["valid_from"] < start:
            others.add(name)
        seen.add(name)
    if others:
        names_text = ", ".join(sorted(others))
        hint = "segctl restate recomputes what is recorded; a replay is for segments without a past"
        raise Failure(f"{names_text}: recorded under another definition, or before --from", hint, exit_code=2)


def _replay_segments(
    live: Warehouse,
    plan: Plan,
    names: tuple[str, ...],
    times: tuple[list[datetime], list[datetime]],
    on_run: ProgressListener,
) -> list[Difference]:
    """Recomputes segments at the instants and at each later recorded run, and publishes the result."""
    instants, runs = times
    if not runs:
        raise Failure("there has been no run yet", "leave --segments out to replay the whole history", exit_code=2)
    _refuse_former(live, plan, names, instants[0])
    instants_recomputed = sorted({run for run in (*instants, *runs) if instants[0] <= run <= runs[-1]})
    if not instants_recomputed:
        raise Failure("there is no run after --from; the next run will evaluate the segments anyway", exit_code=2)
    starts = dict.fromkeys(names, instants_recomputed[0])
    recomputation = Recomputation(tuple(map(PastRun, instants_recomputed)), starts, None)
    recomputed = recompute(live, plan, recomputation, on_run)
    segment_differences = differences(recomputed, names)
    replaced = put_in_place(recomputed, names, None, versions=True)
    live.execute([*replaced, *noted(live, "replay", names, instants_recomputed[0], segment_differences)])
    clear(recomputed.companion)
    return segment_differences
