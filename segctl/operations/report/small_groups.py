"""Hides counts of few people, and other counts from which they could be computed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from segctl.operations.report.contents import Count, Flow, Number

# A limit for passes over a two-way table. Each pass hides something, so they end long before.
MOST_ROUNDS = 1000


@dataclass(frozen=True)
class Least:
    """The smallest number of people to show. 0 shows everything."""

    count: int

    def shows(self, part: int, whole: int | None = None) -> bool:
        """Whether a part may be shown, and so the rest of a known whole."""
        rest = whole - part if whole is not None else 0
        return part >= self.count and not 0 < rest < self.count

    def shown(self, part: int, whole: int | None = None) -> Count:
        """The part, or None if it must be hidden."""
        return part if self.shows(part, whole) else None

    def number(self, value: Number, part: int, whole: int | None = None) -> Number:
        """A number about a part, or None if the part must be hidden. Empty parts reveal no one."""
        return value if part == 0 or self.shows(part, whole) else None

    def hidden(self, counts: Sequence[int], besides: Iterable[int] = ()) -> set[int]:
        """The places of the parts of a known whole to hide: small ones and those `besides`.

        A single hidden part could be computed from the others, so the smallest of these is hidden too.
        """
        hidden = {place for place, count in enumerate(counts) if count < self.count} | set(besides)
        others = [place for place in range(len(counts)) if place not in hidden]
        if len(hidden) == 1 and others and counts[next(iter(hidden))]:
            hidden.add(min(others, key=lambda place: (counts[place], place)))
        return hidden

    def steps(self, counts: Sequence[int]) -> set[int]:
        """The places of cumulative counts to show: each exceeds the one shown before by enough people, and leaves
        enough people up to the total, the last count.
        """
        hidden: set[int] = set()
        last = 0
        for place, count in enumerate(counts):
            if count - last >= self.count and not 0 < counts[-1] - count < self.count:
                hidden.add(place)
                last = count
        return hidden

    def hidden_flows(self, flows: Sequence[Flow]) -> set[int]:
        """The places of the flows between two runs to hide.

        The sizes of segments are known for both runs. If a hidden flow could be computed from them, another flow of the
        segment is hidden too.
        """
        counts = [flow.customers or 0 for flow in flows]
        hidden = {place for place, count in enumerate(counts) if count < self.count}
        lines: dict[tuple[str, str], list[int]] = {}
        for place, flow in enumerate(flows):
            for end in (("from", flow.from_segment), ("to", flow.to_segment)):
                # The number of customers in no segment is unknown.
                if end[1]:
                    lines.setdefault(end, []).append(place)
        for _ in range(MOST_ROUNDS):
            before = len(hidden)
            for line in lines.values():
                shown = [place for place in line if place not in hidden]
                if len(line) - len(shown) == 1 and shown:
                    hidden.add(min(shown, key=lambda place: (counts[place], place)))
            if len(hidden) == before:
                break
        return hidden
