"""Segments of the demo shop that take more than a line, calculated by hand."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta

from tests.support.shops.demo_shop import (
    DAY,
    HOUR,
    Event,
    Events,
    Row,
    Shop,
    Who,
    average,
    best,
    drawn,
    having,
    last,
    local_day,
    often,
    pence,
    table,
    tiles,
    who,
)


def staff(shop: Shop) -> Who:
    return shop.where(
        lambda row: row["acquisition_channel"] == "staff" or row["email"].lower().endswith("@shop.example")
    )


def consenting(shop: Shop) -> Who:
    return shop.where(lambda row: row["marketing_consent"] == "true")


def country(shop: Shop, *codes: str) -> Who:
    return shop.where(lambda row: row["country"].strip().upper() in codes)


def unhappy(shop: Shop) -> Who:
    return who(having(shop.since(shop.chats, 30), "satisfaction", "1", "2"))


def late_deliveries(shop: Shop) -> Who:
    return {event.who for event in shop.since(shop.chats, 14) if event["topic"].startswith("delivery_")}


def returners(shop: Shop) -> Who:
    refunds = shop.since(shop.refunds, months=12)
    return often(refunds, 2) | {event.who for event in refunds if pence(event["amount"]) > 6000}


def coffee(shop: Shop) -> Events:
    return having(shop.items, "category", "coffee")


def tea_above_all(shop: Shop) -> Who:
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    latest: dict[tuple[str, str], datetime] = {}
    for event in sorted(shop.items, key=lambda event: event.at):
        kinds[event.who][event["category"]] += 1
        latest[event.who, event["category"]] = event.at
    found = set()
    for one, seen in kinds.items():
        # The most often bought. Of those, the latest bought. Of those, the first by name.
        most = {kind for kind in seen if seen[kind] == max(seen.values())}
        newest = max(latest[one, kind] for kind in most)
        favourite = min(kind for kind in most if latest[one, kind] == newest)
        if favourite == "tea" and 2 * seen["tea"] >= seen.total() >= 3:
            found.add(one)
    return found


def followed(first: Event, events: Events, within: timedelta) -> Events:
    return [event for event in events if event.who == first.who and first.at <= event.at <= first.at + within]


def abandoned_cart(shop: Shop) -> Who:
    dear = [cart for cart in shop.since(shop.carts, 3) if pence(cart["amount"]) >= 1000 and cart.at + DAY <= shop.now]
    left = who(cart for cart in dear if not followed(cart, shop.orders, DAY))
    return left - often([cart for cart in shop.carts if followed(cart, shop.orders, 14 * DAY)], 3)


def mail_that_sold(shop: Shop) -> Who:
    clicks = having(shop.mail, "event_type", "clicked")
    sold = [click for click in clicks if followed(click, shop.orders, 3 * DAY)]
    return who(one for one in shop.since(having(shop.mail, "event_type", "opened"), 60) if followed(one, sold, HOUR))


def late_by_own_rhythm(shop: Shop) -> Who:
    found = set()
    for one in who(shop.since(shop.orders, months=12)):
        times = [event.at for event in shop.orders if event.who == one]
        days = sorted({local_day(at) for at in times})
        if len(days) < 3:
            late = max(times) <= shop.ago(60)
        else:
            usual = (days[-1] - days[0]).days / (len(days) - 1)
            late = (shop.today - days[-1]).days > 2 * usual
        found |= {one} if late else set()
    return found


def birthday_soon(shop: Shop) -> Who:
    coming = {((shop.today + timedelta(days=n)).month, (shop.today + timedelta(days=n)).day) for n in range(14)}
    born = {one: row["date_of_birth"] for one, row in shop.people.items() if row["date_of_birth"]}
    return {one for one, day in born.items() if (date.fromisoformat(day).month, date.fromisoformat(day).day) in coming}


def engaged(shop: Shop, *quarters: int) -> Who:
    mail = shop.since(shop.mail, 30)
    opened = Counter(event.who for event in having(mail, "event_type", "opened"))
    found = tiles({one: opened[one] for one in who(having(mail, "event_type", "sent"))}, 4, together=True)
    return {one for one, tile in found.items() if tile in quarters}


def brings_80_percent(shop: Shop) -> Who:
    found, before = set(), 0
    for one in best(shop.spent):
        if before * 100 < 80 * shop.spent.total() and shop.spent[one] > 0:
            found.add(one)
        before += shop.spent[one]
    return found


def email_sleepers(shop: Shop) -> Who:
    mail = shop.since(shop.mail, 90)
    return often(having(mail, "event_type", "sent"), 5) - who(having(mail, "event_type", "opened"))


def promoters(shop: Shop) -> Who:
    scores = average(having(shop.since(shop.answers, months=12), "question", "would_recommend"), "answer")
    return {one for one, score in scores.items() if score >= 9} - unhappy(shop) - late_deliveries(shop)


def sustainability_minded(shop: Shop) -> Who:
    asked = having(shop.answers, "question", "what_to_improve")
    wanted = {"fair_trade", "organic", "low_waste"}
    ticked = shop.where(lambda row: wanted & set(row["interests"].split("|")))
    return ticked | {event.who for event in asked if "packaging" in event["answer"]}


def started_in_the_app(shop: Shop) -> Who:
    first = {one: min(event.at for event in shop.orders if event.who == one) for one in shop.buyers}
    channels = defaultdict(set)
    for event in shop.orders:
        if event.at == first[event.who]:
            channels[event.who].add(event["channel"])
    return {one for one, found in channels.items() if min(found) == "app"}


def rfm(shop: Shop) -> dict[str, str]:
    """The segment of all customers who ever ordered."""
    counts = Counter(event.who for event in shop.orders)
    recency = tiles({one: event.at for one, event in last(shop.orders).items()}, 5)
    frequency = tiles({one: counts[one] for one in shop.buyers}, 5, together=True)
    value = tiles({one: shop.spent[one] for one in shop.buyers}, 5)
    return {
        one: rfm_name(recency[one], frequency[one] >= 4, value[one] >= 4, counts[one] == 1, one in new_buyers(shop))
        for one in shop.buyers
    }


def rfm_name(recency: int, frequent: bool, dear: bool, once: bool, new: bool) -> str:
    if frequent and recency >= 3:
        return "champions" if dear and recency >= 4 else "loyal"
    if (frequent or dear) and recency <= 2:
        return "cannot_lose_them" if frequent and dear else "at_risk"
    if once and new:
        return "recent"
    if recency >= 4:
        return "promising" if once else "potential_loyalists"
    return {3: "need_attention", 2: "about_to_sleep", 1: "hibernating"}[recency]


def new_buyers(shop: Shop) -> Who:
    return shop.buyers - {event.who for event in shop.orders if event.at <= shop.ago(30)}


def colleagues(shop: Shop, test: Callable[[Row, Who], object]) -> Who:
    """The customers of companies for which a condition on their customers holds."""
    found = set()
    for account in table("accounts"):
        people = shop.where(lambda row, key=account["account_id"]: row["account_id"] == key)  # type: ignore[misc]
        if test(account, people):
            found |= people
    return found


def accounts_to_grow(shop: Shop) -> Who:
    active, lines = who(shop.since(shop.orders, months=2)), {"technology", "legal", "hospitality"}
    return colleagues(
        shop,
        lambda row, people: int(row["employees"] or 0) >= 100 and row["industry"] in lines and len(people & active) < 3,
    )


def renewals_worth_a_visit(shop: Shop) -> Who:
    first, end = str(shop.today + DAY), str(shop.today + 90 * DAY)
    return colleagues(
        shop,
        lambda row, people: (
            first <= row["contract_renews_on"] <= end and sum(shop.spent[customer] for customer in people) >= 10000
        ),
    )


def espresso_machine_owners(shop: Shop) -> Who:
    said = [event for event in shop.forms if event["machine"]]
    return {one for one, event in last(said).items() if event["machine"] == "espresso"}


def holdout(shop: Shop) -> Who:
    return drawn(shop.everyone, "holdout", 0, 0.05)


def comeback(shop: Shop, low: float, high: float) -> Who:
    """Variants divide up the points in the order of their names: control, voucher."""
    asked = (shop.lapsed(60) & consenting(shop)) - holdout(shop)
    return drawn(drawn(asked, "experiment:comeback_offer", 0, 0.8), "variant:comeback_offer", low, high)


def best_100_to_call(shop: Shop) -> Who:
    asked = (shop.lapsed(60) & consenting(shop)) - holdout(shop)
    return set(best({one: shop.spent[one] for one in asked})[:100])


def win_back(shop: Shop) -> Who:
    worth = {one for one, spent in shop.spent.items() if spent >= 7500}
    return (shop.lapsed(90) & worth) - staff(shop) - unhappy(shop) - returners(shop)


def vip(shop: Shop) -> Who:
    worth = {one for one, spent in shop.spent.items() if spent >= 50000}
    return (worth & often(shop.since(shop.orders, months=6), 4)) - staff(shop)


def reads_but_does_not_buy(shop: Shop) -> Who:
    opened = having(shop.since(shop.mail, 90), "event_type", "opened")
    return often(opened, 3) - who(shop.since(shop.orders, 90))


def active_offices(shop: Shop) -> Who:
    offices = shop.where(lambda row: 5 <= int(row["company_size"] or 0) <= 500)
    return country(shop, "GB", "IE") & offices & who(shop.since(shop.orders, months=3))


def shop_neighbours(shop: Shop) -> Who:
    near = shop.where(lambda row: row["city"] in {"London", "Brighton"})
    return (near & who(shop.since(shop.orders, months=2))) - staff(shop)


def spending(shop: Shop, test: Callable[[int], bool]) -> Who:
    return {one for one in shop.everyone if test(shop.spent[one])}


def new_accounts(shop: Shop) -> Who:
    since = shop.ago(30)
    return shop.where(lambda row: since < datetime.fromisoformat(row["signed_up_at"]) <= shop.now)


def leads(shop: Shop) -> Who:
    return (who(shop.carts) | who(shop.forms)) - shop.buyers


def over_60(shop: Shop) -> Who:
    latest = str(shop.today.replace(year=shop.today.year - 60))
    return shop.where(lambda row: row["date_of_birth"] and row["date_of_birth"] <= latest)
