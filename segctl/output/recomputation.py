"""Prints the results of replay, restate, verify and erase."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.markup import escape

from segctl.errors.visible import in_a_line
from segctl.language.syntax import CUSTOMER
from segctl.operations.runs.instants import as_local
from segctl.output.layout import console, dumped, note, table
from segctl.process.streams import is_quiet

if TYPE_CHECKING:
    from datetime import datetime

    from segctl.operations.people.erase import Erased
    from segctl.operations.recomputation.differences import Difference
    from segctl.operations.recomputation.replay import Replayed
    from segctl.operations.recomputation.restate import Restatement
    from segctl.operations.recomputation.verify import Unfinished, Verified
    from segctl.warehouse import Row

# At most this many keys are named on a line.
MOST_NAMED = 10


@contextmanager
def runs_progress() -> Iterator[Callable[[int, int], None]]:
    """A progress bar over runs on a terminal; nothing when piped."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    out = console(stderr=True)
    columns = (TextColumn("runs"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, transient=True, disable=is_quiet() or not out.is_terminal) as bar:
        task = bar.add_task("runs", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def print_replayed(replayed: "Replayed", as_json: bool) -> None:
    """The number of runs, the segments that gained a history, and those whose history is not exact."""
    if as_json:
        print(dumped(asdict(replayed)))
        return
    out = console()
    zone = replayed.timezone
    out.print(f"{_runs(replayed.runs)} from {as_local(replayed.first, zone)} to {as_local(replayed.last, zone)}")
    if replayed.segments:
        out.print(f"replayed: {', '.join(replayed.segments)}")
        _differences(replayed.differences, zone)
    for segment, attributes in replayed.partial:
        note(f"{segment}: replayable in part; {not_kept(attributes)}")


def not_kept(changing: Sequence[str]) -> str:
    """Why a replay is not exact: attributes without history, or customers without `since`."""
    attributes = ", ".join(name for name in changing if name != CUSTOMER)
    reasons = [f"these attributes have no history: {attributes}"] if attributes else []
    if CUSTOMER in changing:
        reasons.append("customers have no start date (add since: to the catalog)")
    return "; ".join(reasons)


def print_restatement(restatement: "Restatement", as_json: bool) -> None:
    """What was recomputed, and how it differs from the record."""
    if as_json:
        print(dumped(asdict(restatement)))
        return
    since = as_local(restatement.since, restatement.timezone)
    console().print(f"{_runs(restatement.runs)} since {since} recomputed for {_segments(restatement.segments)}")
    _left_out(restatement.left_out)
    _causes_after(restatement.causes_after, restatement.timezone)
    _differences(restatement.differences, restatement.timezone)
    if not restatement.differences:
        console().print("the record is correct")
    elif restatement.applied:
        console().print("the record was changed; segment_corrections lists the changes")
    else:
        note("nothing was changed; --apply replaces the record")


def print_verified(verified: "Verified", as_json: bool) -> None:
    """What was rebuilt, and how the live tables differ."""
    if as_json:
        print(dumped(asdict(verified) | {"sound": verified.is_valid}))
        return
    zone = verified.timezone
    since = as_local(verified.since, zone)
    console().print(f"{_runs(verified.runs)} since {since} rebuilt from scratch for {_segments(verified.segments)}")
    _left_out(verified.left_out)
    if verified.features_left_out:
        message = f"{', '.join(verified.features_left_out)}: a customer has been erased since the last run"
        note(f"left out: {message}")
    _causes_after(verified.causes_after, zone)
    _unfinished(verified.unfinished, zone)
    if verified.features:
        lines = table("features", "column", ">rows that differ")
        for feature_difference in verified.features:
            lines.add_row(feature_difference.features, feature_difference.column, f"{feature_difference.rows:,}")
        console().print(lines)
    _differences(verified.stays, zone)
    _sizes(verified.sizes, zone)
    _missing_rows(verified.gaps, zone)
    console().print("the tables equal a rebuild" if verified.is_valid else "the tables differ from a rebuild")


def _missing_rows(rows: "Sequence[Row]", zone: str) -> None:
    if not rows:
        return
    lines = table("run as of", "what", ">recorded", ">found")
    for row in rows:
        lines.add_row(as_local(row["as_of"], zone), row["what"], f"{row['recorded']:,}", f"{row['found']:,}")
    console().print("runs with rows missing:")
    console().print(lines)


def _unfinished(unfinished: "Sequence[Unfinished]", zone: str) -> None:
    for table_left in unfinished:
        message = f"the run as of {as_local(table_left.as_of, zone)} did not finish"
        rest = f"{table_left.rows:,} rows that it wrote to {table_left.features} will be compared after the next run"
        note(f"{message}: {rest}")


def _sizes(sizes: "Sequence[Row]", zone: str) -> None:
    """One row per figure of a run that disagrees with the stays."""
    from segctl.operations.recomputation.verify import size_differences

    if not sizes:
        return
    lines = table("segment", "run as of", "what", ">recorded", ">by the stays")
    for row in sizes:
        for what, recorded, counted in size_differences(row):
            lines.add_row(row["segment"], as_local(row["as_of"], zone), what, f"{recorded:,}", f"{counted:,}")
    console().print("sizes that disagree with the stays:")
    console().print(lines)


def print_erased(erased: "Erased", dry_run: bool, as_json: bool) -> None:
    """What was erased from each table and file, and what is out of reach."""
    if as_json:
        print(dumped(asdict(erased) | {"dry_run": dry_run}))
        return
    out = console()
    lines = table("where", ">rows would be erased" if dry_run else ">rows erased")
    for name, rows in erased.tables.items():
        lines.add_row(name, f"{rows:,}")
    out.print(lines)
    lines_below = [f"{path}: {'would be ' if dry_run else ''}{what}" for path, what in erased.files.items()]
    lines_below += [f"{path}: check this file: {why}" for path, why in erased.look_at.items()]
    lines_below += [f"{path}: exports were written here, but it is no longer a folder" for path in erased.missing]
    lines_below += [f"{path}: could not be searched: {why}" for path, why in erased.failed.items()]
    if erased.unknown:
        lines_below.append(
            f"{len(erased.unknown):,} of {erased.keys:,} keys were in no table; they stay erased all the same"
        )
    if erased.nowhere:
        named = ", ".join(map(in_a_line, erased.nowhere[:MOST_NAMED])) + (
            ", …" if len(erased.nowhere) > MOST_NAMED else ""
        )
        lines_below.append(f"in no table and not in {erased.source}: {named}")
    for line in lines_below:
        out.print(escape(line))
    for delivery, count in erased.told.items():
        out.print(f"{delivery} {'would be' if dry_run else 'was'} told of {count:,} removal{'' if count == 1 else 's'}")
    if erased.in_source:
        out.print(
            f"{erased.source} still has {erased.in_source:,} rows about them, which no run reads: erase those, too"
        )
    out.print("out of reach: " + "; ".join(erased.beyond))


def _runs(count: int) -> str:
    return f"{count:,} run{'' if count == 1 else 's'}"


def _segments(names: Sequence[str]) -> str:
    return f"{len(names):,} segment{'' if len(names) == 1 else 's'}"


def _causes_after(former: "datetime | None", zone: str) -> None:
    if former:
        reason = "an earlier version of segctl decided them, or the changes of that time are no longer known"
        console().print(
            f"causes are compared after {as_local(former, zone)}: {reason}", highlight=False, soft_wrap=True
        )


def _left_out(left_out: "Sequence[tuple[str, str]]") -> None:
    for segment, reason in left_out:
        note(f"left out: {segment}: {reason}")


def _differences(differences: "Sequence[Difference]", zone: str) -> None:
    """One row per segment and kind of difference, with the first stay. JSON has more of them."""
    if not differences:
        return
    lines = table(
        "segment", "stays differ", ">stays", "for example", "=joined", "=left (recorded)", "=left (recomputed)"
    )
    for difference in differences:
        stay = difference.some[0]
        times = (stay.joined_at, stay.recorded_left_at, stay.recomputed_left_at)
        counted = (difference.segment, difference.kind, f"{difference.stays:,}", escape(stay.member))
        lines.add_row(*counted, *(as_local(instant, zone) for instant in times))
    console().print(lines)
