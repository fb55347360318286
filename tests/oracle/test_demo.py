"""Every segment of the demo shop, recomputed in plain Python from the raw CSV files.

This shares nothing with segctl, its SQL or the YAML. Customers are their keys as text, money is whole pence, and
instants are naive UTC as in the files. Both runs are as of a midnight in London.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.support.built_project import REPOSITORY
from tests.support.shops.demo_segments import (
    abandoned_cart,
    accounts_to_grow,
    active_offices,
    best_100_to_call,
    birthday_soon,
    brings_80_percent,
    coffee,
    comeback,
    country,
    email_sleepers,
    engaged,
    espresso_machine_owners,
    holdout,
    late_by_own_rhythm,
    late_deliveries,
    leads,
    mail_that_sold,
    new_accounts,
    over_60,
    promoters,
    reads_but_does_not_buy,
    renewals_worth_a_visit,
    returners,
    rfm,
    shop_neighbours,
    spending,
    staff,
    started_in_the_app,
    sustainability_minded,
    tea_above_all,
    unhappy,
    vip,
    win_back,
)
from tests.support.shops.demo_shop import DAYS, Shop, Who, best, drawn, having, midnight, often, table, who

BY_HAND: dict[str, Callable[[Shop], Who]] = {
    "abandoned_cart": abandoned_cart,
    "abroad": lambda s: s.where(lambda row: row["country"]) - country(s, "GB", "IE"),
    "accounts_to_grow": accounts_to_grow,
    "active_offices": active_offices,
    "best_100_to_call": best_100_to_call,
    "birthday_soon": birthday_soon,
    "brings_80_percent": brings_80_percent,
    "coffee_lovers": lambda s: often(s.since(coffee(s), months=12), 3),
    "coffee_refill_due": lambda s: s.due(coffee(s), 28, 7),
    "coffee_without_equipment": lambda s: often(coffee(s), 3) - who(having(s.items, "category", "equipment")),
    "comeback_with_voucher": lambda s: comeback(s, 0.5, 1),
    "comeback_without_voucher": lambda s: comeback(s, 0, 0.5),
    "consent_never_asked": lambda s: (
        s.where(lambda row: not row["marketing_consent"]) & who(s.since(s.orders, months=12))
    ),
    "delivery_trouble": late_deliveries,
    "descaler_due": lambda s: s.due(having(s.items, "name", "Descaler"), 90, 30),
    "email_sleepers": email_sleepers,
    "espresso_machine_owners": espresso_machine_owners,
    "frequent_returners": returners,
    "gb_and_ie": lambda s: country(s, "GB", "IE"),
    "growing": lambda s: {w for w, (now, was) in s.growth().items() if 2 * now >= 3 * was and now >= 5000},
    "journey_first_order": lambda s: s.buyers - often(s.orders, 2),
    "journey_lead": leads,
    "journey_visitor": lambda s: who(s.since(s.visits, 90)) - s.buyers - leads(s),
    "lapsed_60_days": lambda s: s.lapsed(60),
    "lapsed_90_days": lambda s: s.lapsed(90),
    "lapsed_coffee_lovers": lambda s: (often(coffee(s), 3) & s.lapsed(60)) - staff(s),
    "late_by_own_rhythm": late_by_own_rhythm,
    "left_alone": holdout,
    "mail_that_sold": mail_that_sold,
    "most_engaged": lambda s: engaged(s, 4),
    "new_last_30_days": new_accounts,
    "only_had_it_free": lambda s: s.buyers & spending(s, lambda spent: spent == 0),
    "over_60": over_60,
    "promoters": promoters,
    "reads_but_does_not_buy": reads_but_does_not_buy,
    "renewals_worth_a_visit": renewals_worth_a_visit,
    "repeat_customers": lambda s: often(s.orders, 2),
    "shop_neighbours": shop_neighbours,
    "shrinking": lambda s: {w for w, (now, was) in s.growth().items() if 0 < 2 * now < was and was >= 3000},
    "spent_over_100": lambda s: spending(s, lambda spent: spent > 10000),
    "spent_under_20": lambda s: spending(s, lambda spent: 0 < spent < 2000),
    "staff": staff,
    "started_in_the_app": started_in_the_app,
    "sustainability_minded": sustainability_minded,
    "taste_panel": lambda s: drawn(often(s.orders, 2), "taste_panel", 0, 0.25),
    "tea_above_all": tea_above_all,
    "top_20_percent": lambda s: set(best({w: s.spent[w] for w in s.buyers})[: -(-len(s.buyers) // 5)]),
    "unhappy_chat": unhappy,
    "vip": vip,
    "win_back": win_back,
}
RFM = "champions loyal cannot_lose_them at_risk recent promising potential_loyalists need_attention about_to_sleep"

# What earlier members change about a later run: nothing leaves `shrinking` within 30 days, and the most engaged stay
# while in the upper half. (`win_back` readmits no customer within 90 days of a leave. Before the second run there was
# no leave.)
MEMORY: dict[str, Callable[[Shop, Who], Who]] = {
    "shrinking": lambda _, before: before,
    "most_engaged": lambda shop, before: before & engaged(shop, 3, 4),
}


def expected(shop: Shop, earlier: Mapping[str, Who]) -> dict[str, Who]:
    found = {name: calculate(shop) for name, calculate in BY_HAND.items()}
    ranked = rfm(shop)
    found |= {
        f"rfm_{name}": {one for one, segment in ranked.items() if segment == name}
        for name in [*RFM.split(), "hibernating"]
    }
    kept = {name: keep(shop, earlier[name]) for name, keep in MEMORY.items() if name in earlier}
    return found | {name: found[name] | more for name, more in kept.items()}


@pytest.fixture(scope="module")
def built(demo_after_two_runs: Path) -> list[dict[str, Who]]:
    """The members of each segment after each run, from the history."""
    sql = """
        select segment, customer_id::varchar from segment_history
        where joined_at <= $1 and (left_at is null or left_at > $1)
    """
    result = []
    with closing(duckdb.connect(str(demo_after_two_runs / "segctl.duckdb"), read_only=True)) as connection:
        for day in DAYS:
            members: dict[str, Who] = defaultdict(set)
            for segment, customer in connection.execute(sql, [midnight(day)]).fetchall():
                members[segment].add(customer)
            result.append(members)
    return result


@pytest.fixture(scope="module")
def by_hand() -> list[dict[str, Who]]:
    result: list[dict[str, Who]] = []
    for day in DAYS:
        result.append(expected(Shop(day), result[-1] if result else {}))
    return result


NAMES = [
    segment["name"]
    for path in sorted((REPOSITORY / "segments").glob("*.yml"))
    for segment in yaml.safe_load(path.read_text(encoding="utf-8")).get("segments", [])
    if segment.get("enabled", True)
]


@pytest.mark.parametrize("name", NAMES)
def test_members_are_those_calculated_by_hand(
    name: str, built: list[dict[str, Who]], by_hand: list[dict[str, Who]]
) -> None:
    for day, members, wanted in zip(DAYS, built, by_hand, strict=True):
        assert members.get(name, set()) == wanted[name], day
        assert 0 < len(wanted[name]) < len(table("customers")), "a definition worth copying finds some, and not all"


def test_nothing_else_has_members(built: list[dict[str, Who]], by_hand: list[dict[str, Who]]) -> None:
    assert [set(members) for members in built] == [set(NAMES)] * len(DAYS)
    assert [set(members) for members in by_hand] == [set(NAMES)] * len(DAYS)
