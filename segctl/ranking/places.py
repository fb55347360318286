"""Ranks of customers by one feature, as SQL."""

import re
from dataclasses import dataclass
from decimal import Decimal

from segctl.features import (
    CUT,
    OWN,
    SO_FAR,
    Canonical,
    Feature,
    Population,
    Predicate,
    Select,
    Steps,
    rule_as_name,
    rule_in_words,
)
from segctl.language.names import fitted

# Percentages have at most four decimals, so whole-number comparisons are exact.
MILLION = 1_000_000
FIRST = "up_to_here - here"
_COLUMN = re.compile(r"\b(up_to_here|here|ranked_by)\b")
KEY = "{{ segctl.text_order('customer_id') }}"


@dataclass(frozen=True)
class Places:
    """A ranking by a feature, optionally `per` attribute value and `among` some customers, with qualifying places."""

    by: Feature
    per: Feature | None
    among: Predicate | None
    way: str
    count: int | None
    percent: Decimal | None
    together: bool

    @property
    def canonical(self) -> Canonical:
        """The meaning, independent of names."""
        per = self.per.canonical if self.per else ()
        among = self.among.canonical if self.among else ()
        amount = f"{self.percent.normalize():f}%" if self.percent is not None else str(self.count)
        return ("rank", self.way, amount, self.together, self.by.canonical, per, among)

    @property
    def short(self) -> str:
        """The qualifying places as part of a name."""
        amount = str(self.count)
        if self.percent is not None:
            amount = f"{self.percent.normalize():f}pct".replace(".", "p")
        way = "tile_of" if self.way == "tiles" else self.way
        return f"{way}_{amount}" + ("_together" if self.together else "")

    @property
    def description(self) -> str:
        """The description of the column."""
        among = f" among customers who match: {rule_in_words(self.among)}" if self.among else ""
        per = f", for each {self.per.name}" if self.per else ""
        amount = f"{self.percent.normalize():f} %" if self.percent is not None else f"{self.count}"
        if self.way == "tiles":
            return f"The group, 1 (lowest) to {self.count}, by {self.by.name}{among}{per}."
        if self.way == "top_share":
            return f"True for the fewest customers who bring {amount} of {self.by.name}{among}{per}."
        return f"True for the {self.way} {amount} by {self.by.name}{among}{per}."

    @property
    def population(self) -> Population:
        """The customers who are ranked."""
        having = (self.by, *([self.per] if self.per else []))
        return Population(having, self.among, above_zero=self.way == "top_share")

    @property
    def family(self) -> str:
        """The name of the steps, shared by all rankings with the same customers and order."""
        way = f"tiles_of_{self.count}" if self.way == "tiles" else self.way
        way += "_percent" if self.percent is not None and self.way in {"top", "bottom"} else ""
        name = f"{self.by.name}_{way}" + ("_together" if self.together else "")
        name += f"_per_{self.per.name}" if self.per else ""
        return fitted(f"{name}_among_{rule_as_name(self.among)}" if self.among else name)

    @property
    def steps(self) -> Steps:
        """The customers with their places, and how a place answers. Customers without a tile have no value."""
        default = "" if self.way == "tiles" else "false"
        return Steps(self._selects, (), default, self.family, self.answer, self.cut)

    @property
    def _selects(self) -> tuple[tuple[str, Select], ...]:
        """The customers with their places. Places are counted by value. The key decides only between customers with the
        same value at the line.
        """
        values = ("ranked_by", "ranked_per") if self.per else ("ranked_by",)
        named = [(self.by.name, "ranked_by"), *([(self.per.name, "ranked_per")] if self.per else [])]
        ranked, ordered, tied = f"{OWN}__ranked", f"{OWN}__ordered", f"{OWN}__tied"
        alike = f"inner join {ordered} on " + " and ".join(f"{ranked}.{name} = {ordered}.{name}" for name in values)
        joins = [alike] if self.together else [alike, f"left join {tied} on {ranked}.customer_id = {tied}.customer_id"]
        key = (f"{ranked}.customer_id", "customer_id")
        steps = [
            ("ranked", Select((("customer_id", "customer_id"), *named), SO_FAR, self._conditions)),
            ("ordered", Select((*((name, name) for name in values), *self._ordered), ranked, group_by=values)),
        ]
        if not self.together:
            after = (self._after_first(ranked), "after_first")
            steps.append(("tied", Select((key, after), ranked, (CUT,), joins=(alike,))))
        return (*steps, ("placed", Select((key, *self._placed), ranked, joins=tuple(joins))))

    @property
    def answer(self) -> str:
        """The expression over the last step that answers."""
        place, everybody = f"{OWN}__placed.place", f"{OWN}__placed.everybody"
        if self.way == "tiles":
            return f"{{{{ segctl.tile_of('{place}', '{everybody}', {self.count}) }}}}"
        if self.way == "top_share":
            return f"{place} * {MILLION} < {self._whole_share} * {everybody}"
        if self.percent is None:
            return f"{place} <= {self.count}"
        return f"({place} - 1) * {MILLION} < {self._whole_share} * {everybody}"

    @property
    def _conditions(self) -> tuple[str | Predicate, ...]:
        set_values = [f"{feature.name} is not null" for feature in (self.by, self.per) if feature]
        conditions: list[str | Predicate] = list(dict.fromkeys(set_values))
        conditions += [f"{self.by.name} > 0"] if self.way == "top_share" else []
        return (*conditions, *([self.among] if self.among else []))

    @property
    def _ordered(self) -> list[tuple[str, str]]:
        """The number of customers with a value or a better one, with exactly this value, and in total. For
        top_share, the sums of their values.
        """
        amount = "sum(ranked_by)" if self.way == "top_share" else "count(*)"
        part = "partition by ranked_per" if self.per else ""
        order = f"order by ranked_by{' desc' if self.way in {'top', 'top_share'} else ''}"
        up_to = f"{part} {order} rows between unbounded preceding and current row".strip()
        return [
            (f"sum({amount}) over ({up_to})", "up_to_here"),
            (amount, "here"),
            (f"sum({amount}) over ({part})", "everybody"),
        ]

    def _after_first(self, ranked: str) -> str:
        """The number of customers with the same value and a smaller key, or their sum."""
        part = f"{ranked}.ranked_per, {ranked}.ranked_by" if self.per else f"{ranked}.ranked_by"
        order = f"partition by {part} order by {KEY.replace('customer_id', f'{ranked}.customer_id')}"
        if self.way == "top_share":
            brought = f"sum({ranked}.ranked_by) over ({order} rows between unbounded preceding and current row)"
            return f"{brought} - {ranked}.ranked_by"
        return f"row_number() over ({order}) - 1"

    @property
    def _placed(self) -> list[tuple[str, str]]:
        """The columns for the answer: the place, or the sum of those before."""
        after = "" if self.together else f" + coalesce({OWN}__tied.after_first, 0)"
        first = FIRST if self.way == "top_share" else f"{FIRST} + 1"
        place = first.replace("up_to_here", f"{OWN}__ordered.up_to_here").replace("- here", f"- {OWN}__ordered.here")
        return [(f"{place}{after}", "place"), (f"{OWN}__ordered.everybody", "everybody")]

    @property
    def cut(self) -> str:
        """The condition that the line falls between customers with the same value."""
        line = self.answer.replace(f"{OWN}__placed.everybody", f"{OWN}__ordered.everybody")
        first, last = f"{FIRST} + 1", "up_to_here"
        if self.way == "top_share":
            first, last = FIRST, "up_to_here - ranked_by"
        sides = []
        for place in (first, last):
            qualified = _COLUMN.sub(lambda match: f"{OWN}__ordered.{match[0]}", place)
            bracketed = self.way == "tiles" or place == "up_to_here"
            sides.append(line.replace(f"{OWN}__placed.place", qualified if bracketed else f"({qualified})"))
        return f"({sides[0]})\n!= ({sides[1]})"

    @property
    def _whole_share(self) -> int:
        assert self.percent is not None
        return int(self.percent * (MILLION // 100))
