"""What is not told, so that nobody is told of: counts of few people, and what these could be worked out from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from segctl.operations.report.contents import Count, Flow, Number

# How often a table of two ways is looked through; each time hides something, so that it ends long before.
MOST_ROUNDS = 1000


@dataclass(frozen=True)
class Least:
    """The least number of people that is told of; 0 tells all."""

    count: int

    def tells(self, part: int, whole: int | None = None) -> bool:
        """Whether a part may be told, and the rest of a whole that is known with it."""
        rest = whole - part if whole is not None else 0
        return part >= self.count and not 0 < rest < self.count

    def told(self, part: int, whole: int | None = None) -> Count:
        """The part, None where it is not told."""
        return part if self.tells(part, whole) else None

    def number(self, value: Number, part: int, whole: int | None = None) -> Number:
        """A number of a part, None where that is not told. Of nobody there is nothing to keep."""
        return value if part == 0 or self.tells(part, whole) else None

    def hidden(self, counts: Sequence[int], besides: Iterable[int] = ()) -> set[int]:
        """The places of the parts of a known whole that are not told: small ones and those `besides`. Where that is
        one alone, the difference would tell it: then the smallest of the others, too.
        """
        found = {place for place, count in enumerate(counts) if count < self.count} | set(besides)
        others = [place for place in range(len(counts)) if place not in found]
        if len(found) == 1 and others and counts[next(iter(found))]:
            found.add(min(others, key=lambda place: (counts[place], place)))
        return found

    def steps(self, counts: Sequence[int]) -> set[int]:
        """The places of those of growing parts of the last that are told: each by enough people more than the one
        told before, with enough between it and the whole.
        """
        found: set[int] = set()
        last = 0
        for place, count in enumerate(counts):
            if count - last >= self.count and not 0 < counts[-1] - count < self.count:
                found.add(place)
                last = count
        return found

    def hidden_flows(self, flows: Sequence[Flow]) -> set[int]:
        """The places of the flows between two runs that are not told. How many were in a segment is known of both runs:
        where it could be worked out from that, another of the same segment is not told either.
        """
        counts = [flow.customers or 0 for flow in flows]
        found = {place for place, count in enumerate(counts) if count < self.count}
        lines: dict[tuple[str, str], list[int]] = {}
        for place, flow in enumerate(flows):
            for end in (("from", flow.from_segment), ("to", flow.to_segment)):
                # Who is in none is no known number.
                if end[1]:
                    lines.setdefault(end, []).append(place)
        for _ in range(MOST_ROUNDS):
            before = len(found)
            for line in lines.values():
                shown = [place for place in line if place not in found]
                if len(line) - len(shown) == 1 and shown:
                    found.add(min(shown, key=lambda place: (counts[place], place)))
            if len(found) == before:
                break
        return found
