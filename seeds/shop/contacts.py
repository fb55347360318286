"""What else customers do: carts, opened mails, chats with the help desk, answers to the survey."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from shop.catalogue import basket, pounds
from shop.dice import Dice
from shop.orders import Order
from shop.people import Customer
from shop.times import END, at_some_hour, utc

Row = tuple[object, ...]
CARTS_SINCE = datetime(2024, 7, 1)


def carts(people: list[Customer], placed: list[Order]) -> list[Row]:
    filled: list[tuple[datetime, int, str, int | None]] = []
    dice = Dice("carts")
    for order in placed:
        tracked = order.customer_id and order.channel != "phone" and order.ordered_at >= CARTS_SINCE
        if tracked and dice.chance(0.5):
            at = order.ordered_at - timedelta(seconds=dice.between(120, 2400))
            filled.append((at, order.customer_id or 0, pounds(order.amount), order.order_id))
    for person in people:
        dice = Dice(f"carts/{person.email}")
        interested = timedelta(days={"browser": 240, "one_off": 300}.get(person.persona, 800))
        day = max(CARTS_SINCE, person.signed_up_at) + timedelta(days=dice.between(0, 200))
        while day < min(END, person.signed_up_at + interested):
            total = sum(quantity * price for _, quantity, price in basket(day, "mixed", (1, 1), dice))
            filled.append((at_some_hour(day, dice), person.customer_id, pounds(total), None))
            # Before Christmas everyone visits.
            often = (day.month, day.day) > (11, 20)
            day += timedelta(days=dice.between(5, 60) if often else dice.between(30, 260))
    filled = sorted((cart for cart in filled if cart[0] <= END), key=lambda cart: cart[:2])
    return [(n, who, at, total, order) for n, (at, who, total, order) in enumerate(filled, start=1)]


CAMPAIGNS = {
    **{f"newsletter_2025_{month:02d}": datetime(2025, month, day, 9)
       for month, day in [(7, 1), (8, 5), (9, 2), (10, 7), (11, 4), (12, 2)]},
    "black_friday_2025": datetime(2025, 11, 27, 7),
    "christmas_last_post_2025": datetime(2025, 12, 16, 9),
    "christmas_gifts_2025": datetime(2025, 12, 9, 9),
    "boxing_day_2025": datetime(2025, 12, 26, 8),
}  # fmt: skip


def email_events(people: list[Customer]) -> list[Row]:
    events: list[tuple[datetime, int, str, str]] = []
    for person in people:
        who, dice = person.customer_id, Dice(f"email/{person.email}")
        interest = dice.weighted({0.02: 0.3, 0.25: 0.4, 0.55: 0.22, 0.85: 0.08})
        mails = {name: at for name, at in CAMPAIGNS.items() if at > person.signed_up_at}
        if person.consent != "true":
            mails = {}
        if person.signed_up_at >= datetime(2025, 7, 1):
            mails["welcome"] = person.signed_up_at + timedelta(minutes=2)
        for campaign, at in mails.items():
            sent = at + timedelta(seconds=dice.between(0, 900))
            opened = sent + timedelta(seconds=int(dice.share() * dice.share() * dice.share() * 400_000) + 60)
            events.append((sent, who, "sent", campaign))
            if dice.chance(interest):
                events.append((opened, who, "opened", campaign))
                if dice.chance(0.3):
                    events.append((opened + timedelta(seconds=dice.between(5, 90)), who, "clicked", campaign))
    events = sorted(event for event in events if event[0] <= END)
    return [(n, who, kind, campaign, at) for n, (at, who, kind, campaign) in enumerate(events, start=1)]


def support_chats(placed: list[Order]) -> list[Row]:
    chats: list[Row] = []
    dice = Dice("chats")
    for order in placed:
        # The post was slow before Christmas.
        slow = order.ordered_at >= utc("2025-12-03")
        if not order.customer_id or not dice.chance(0.25 if slow else 0.09):
            continue
        at = order.ordered_at + timedelta(days=dice.between(1, 7), minutes=dice.between(0, 600))
        topic = dice.weighted({"delivery_late": 5 if slow else 1, "delivery_damaged": 0.7, "wrong_item": 0.5,
                               "refund": 0.8, "product_question": 1.2, "": 0.4})  # fmt: skip
        low = 3 if topic.startswith("delivery") else 1
        score = dice.weighted({1: low, 2: low, 3: 1.5, 4: 2.5, 5: 3, None: 2})
        # The help desk's export comes once a day, at four in the morning.
        loaded_at = datetime.combine(at.date() + timedelta(days=1), time(4))
        if loaded_at <= END:
            chats.append((order.customer_id, at, topic, score, loaded_at))
    chats.sort(key=lambda chat: str(chat[1]))
    return [(number, *chat) for number, chat in enumerate(chats, start=1)]


REMARKS = [
    "More decaf, please",
    "Nothing — it's perfect",
    'The "Harbour Espresso" is too dark for me',
    "Cheaper postage, and letterbox-sized bags",
    "crème de la crème ☕",
    "50% less packaging",
]


def survey_answers(placed: list[Order]) -> list[Row]:
    answers: list[tuple[datetime, int, str, str]] = []
    dice = Dice("survey")
    for order in placed:
        # The survey goes out since 2024, a week after the order.
        if not order.customer_id or order.ordered_at < utc("2024-01-01") or not dice.chance(0.11):
            continue
        at = order.ordered_at + timedelta(days=dice.between(7, 12), minutes=dice.between(0, 700))
        score = dice.weighted({10: 5, 9: 6, 8: 5, 7: 3, 6: 2, 5: 1, 3: 1, 1: 0.5, 0: 0.5})
        answers.append((at, order.customer_id, "would_recommend", str(score)))
        if dice.chance(0.4):
            remark = dice.pick(REMARKS) if dice.chance(0.8) else ""
            answers.append((at + timedelta(seconds=50), order.customer_id, "what_to_improve", remark))
    answers = sorted(answer for answer in answers if answer[0] <= END)
    return [(n, who, at, question, text) for n, (at, who, question, text) in enumerate(answers, start=1)]
