"""Places in a ranking, as SQL: of the customers so far, in order of one feature."""

from dataclasses import dataclass
from decimal import Decimal

from segctl.features import (
    OWN,
    SO_FAR,
    Canonical,
    Feature,
    Population,
    Predicate,
    Select,
    rule_as_name,
    rule_in_words,
)
from segctl.names import fitted

# Shares have at most four places: compared as whole numbers, they are exact.
WHOLE = 1_000_000
KEY = "{{ segctl.text_order('customer_id') }}"


@dataclass(frozen=True)
class Places:
    """A ranking by a feature, `per` value of an attribute, `among` some customers, and the places that qualify."""

    by: Feature
    per: Feature | None
    among: Predicate | None
    way: str
    count: int | None
    percent: Decimal | None
    together: bool

    @property
    def canonical(self) -> Canonical:
        """Everything, whatever the names."""
        per = self.per.canonical if self.per else ()
        among = self.among.canonical if self.among else ()
        amount = f"{self.percent.normalize():f}%" if self.percent is not None else str(self.count)
        return ("rank", self.way, amount, self.together, self.by.canonical, per, among)

    @property
    def short(self) -> str:
        """The way to qualify as part of a name."""
        amount = str(self.count)
        if self.percent is not None:
            amount = f"{self.percent.normalize():f}pct".replace(".", "p")
        way = "tile_of" if self.way == "tiles" else self.way
        return f"{way}_{amount}" + ("_together" if self.together else "")

    @property
    def description(self) -> str:
        """What the column says."""
        among = f" among those of the rule: {rule_in_words(self.among)}" if self.among else ""
        per = f" per {self.per.name}" if self.per else ""
        if self.way == "tiles":
            return f"In which of {self.count} groups by {self.by.name}{among}{per}, from the lowest, 1, up."
        return f"Whether {self.short.replace('_', ' ')} by {self.by.name}{among}{per}."

    @property
    def population(self) -> Population:
        """The customers who are ranked."""
        having = (self.by, *([self.per] if self.per else []))
        return Population(having, self.among, above_zero=self.way == "top_share")

    @property
    def family(self) -> str:
        """The name of the steps, which all have in common who place the same customers alike."""
        way = f"tiles_of_{self.count}" if self.way == "tiles" else self.way
        way += "_percent" if self.percent is not None and self.way in {"top", "bottom"} else ""
        name = f"{self.by.name}_{way}" + ("_together" if self.together else "")
        name += f"_per_{self.per.name}" if self.per else ""
        return fitted(f"{name}_among_{rule_as_name(self.among)}" if self.among else name)

    @property
    def steps(self) -> tuple[tuple[str, Select], ...]:
        """The customers with their places; and their tile, where others have a say in it."""
        columns = self._placed()
        set_values = [f"{feature.name} is not null" for feature in (self.by, self.per) if feature]
        conditions: list[str | Predicate] = list(dict.fromkeys(set_values))
        conditions += [f"{self.by.name} > 0"] if self.way == "top_share" else []
        conditions += [self.among] if self.among else []
        placed = Select((("customer_id", "customer_id"), *columns), SO_FAR, tuple(conditions))
        if self.way != "tiles" or not self.together:
            return (("placed", placed),)
        peers = ", ".join(name for name, there in (("ranked_per", self.per), ("ranked_by", True)) if there)
        tile = f"min(tile) over (partition by {peers})"
        return (
            ("placed", placed),
            ("step", Select((("customer_id", "customer_id"), (tile, "tile")), f"{OWN}__placed")),
        )

    @property
    def answer(self) -> str:
        """The expression over the last step that answers."""
        place, ranked = f"{OWN}__placed.place", f"{OWN}__placed.ranked"
        if self.way == "tiles":
            return f"{OWN}__{'step' if self.together else 'placed'}.tile"
        if self.way == "top_share":
            before, brought = f"coalesce({OWN}__placed.brought_before, 0)", f"{OWN}__placed.brought"
            return f"{before} * {WHOLE} < {self._whole_share} * {brought}"
        if self.percent is None:
            return f"{place} <= {self.count}"
        # Spark's place is of 32 bits, which a millionfold of it soon leaves.
        return f"(cast({place} as bigint) - 1) * {WHOLE} < {self._whole_share} * {ranked}"

    def _placed(self) -> list[tuple[str, str]]:
        """The columns that placing takes."""
        by, part = self.by.name, f"partition by {self.per.name} " if self.per else ""
        everyone = f"over ({part.strip()})"
        if self.way == "tiles":
            tile = (f"ntile({self.count}) over ({part}order by {by}, {KEY})", "tile")
            per = [(self.per.name, "ranked_per")] if self.per else []
            return [tile, (by, "ranked_by"), *per] if self.together else [tile]
        if self.way == "top_share":
            order = f"order by {by} desc, {KEY} rows between unbounded preceding and 1 preceding"
            return [(f"sum({by}) over ({part}{order})", "brought_before"), (f"sum({by}) {everyone}", "brought")]
        direction = " desc" if self.way == "top" else ""
        order = f"{by}{direction}" if self.together else f"{by}{direction}, {KEY}"
        function = "rank" if self.together else "row_number"
        place = (f"{function}() over ({part}order by {order})", "place")
        return [place] if self.percent is None else [place, (f"count(*) {everyone}", "ranked")]

    @property
    def _whole_share(self) -> int:
        assert self.percent is not None
        return int(self.percent * (WHOLE // 100))
