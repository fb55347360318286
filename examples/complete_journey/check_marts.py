"""Compare the marts on demand with a calculation by hand from the stays and the raw files (check.py, by_hand.py).

python check_marts.py complete_journey.duckdb     exit 1 and the first differing rows if anything differs
"""

from __future__ import annotations

import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
from by_hand import CUTS, ZONE, instant, read
from check import SHOWN, Segment, data_folder, replay

STEPS = (1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100)
# What is compared of each mart: its key, then what follows from it. Money is whole cents, shares are millionths.
QUERIES = {
    "segment_value": "segment, size, round(revenue * 100), round(revenue_share * 1000000), "
    "round(average_revenue * 1000000), round(median_revenue * 1000000), orders",
    "customer_segments": "customer_id, coalesce(segments, '')",
    "segment_overlap": "segment, other_segment, customers, round(overlap_share * 1000000)",
    "segment_retention": "segment, joined_month, months_later, joined_count, observed_count, kept_count",
    "segment_concentration": "segment, top_percent, customers, round(revenue * 100)",
}
Row = tuple[object, ...]


class Journey:
    """Who is where after the last run, what each household has paid, and how often it bought."""

    def __init__(self) -> None:
        data = read(data_folder())
        self.stays: dict[str, Segment] = replay(data)
        seen = data.seen(CUTS[-1])
        self.last = instant(CUTS[-1]).to_pydatetime()
        self.everyone = sorted(seen.everyone)
        self.cents = seen.baskets.of("cents", "sum").reindex(self.everyone, fill_value=0).astype("int64")
        self.baskets = seen.baskets.of("cents", "size").reindex(self.everyone, fill_value=0).astype("int64")
        self.members = {
            name: sorted(home for home, _, left in found.stays if left is None) for name, found in self.stays.items()
        }

    def value(self) -> list[Row]:
        total = int(self.cents.sum())
        rows: list[Row] = []
        for name, homes in self.members.items():
            worth = self.cents.loc[homes]
            revenue, size = int(worth.sum()), len(homes)
            # Halves of millionths go up, and nothing here is negative.
            average = (2 * revenue * 10_000 + size) // (2 * size) if size else None
            median = round(float(worth.median()) * 10_000) if size else None
            share = (2 * revenue * 1_000_000 + total) // (2 * total)
            rows.append((name, size, revenue, share, average, median, int(self.baskets.loc[homes].sum())))
        return rows

    def customers(self) -> list[Row]:
        inside: dict[int, list[str]] = {home: [] for home in self.everyone}
        for name, homes in self.members.items():
            for home in homes:
                inside[home].append(name)
        return [(home, ",".join(sorted(names))) for home, names in inside.items()]

    def overlap(self) -> list[Row]:
        sets = {name: set(homes) for name, homes in self.members.items()}
        pairs = [(one, other, len(sets[one] & sets[other])) for one in sets for other in sets if one != other]
        return [
            (one, other, both, (2 * both * 1_000_000 + len(sets[one])) // (2 * len(sets[one])))
            for one, other, both in pairs
            if both
        ]

    def retention(self) -> list[Row]:
        counts: dict[tuple[str, object, int], list[int]] = {}
        for name, found in self.stays.items():
            for _, joined, left in found.stays:
                month = pd.Timestamp(joined).tz_localize("UTC").tz_convert(ZONE).date().replace(day=1)
                for months in (1, 3, 6, 12):
                    then = pd.Timestamp(joined) + pd.DateOffset(months=months)
                    row = counts.setdefault((name, month, months), [0, 0, 0])
                    row[0] += 1
                    row[1] += then <= self.last
                    row[2] += then <= self.last and (left is None or left > then)
        return [(*key, *row) for key, row in counts.items()]

    def concentration(self) -> list[Row]:
        rows: list[Row] = []
        for name, homes in {**self.members, "(all customers)": self.everyone}.items():
            worth = self.cents.loc[homes].sort_values(ascending=False).cumsum()
            for percent in STEPS if homes else ():
                count = -(-len(homes) * percent // 100)
                rows.append((name, percent, count, int(worth.iloc[count - 1])))
        return rows


def plain(row: Row) -> Row:
    """Numbers of any kind as whole ones."""
    return tuple(int(one) if isinstance(one, (int, float, Decimal)) else one for one in row)


def main() -> int:
    database = Path(sys.argv[1])
    journey, same = Journey(), True
    wanted = {
        "segment_value": journey.value(),
        "customer_segments": journey.customers(),
        "segment_overlap": journey.overlap(),
        "segment_retention": journey.retention(),
        "segment_concentration": journey.concentration(),
    }
    with duckdb.connect(str(database), read_only=True) as connection:
        for table, rows in wanted.items():
            built = connection.execute(f"select {QUERIES[table]} from {table}").fetchall()
            want, have = Counter(map(plain, rows)), Counter(map(plain, built))
            missing, unexpected = sorted((want - have).elements(), key=str), sorted((have - want).elements(), key=str)
            print(f"{table:<22} {len(rows):>6} {len(built):>6}  {'same' if want == have else 'differs'}")
            for word, found in (("missing", missing), ("unexpected", unexpected)):
                print(*(f"  {word}: {row}" for row in found[:SHOWN]), sep="\n", end="\n" if found else "")
            same = same and want == have
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
