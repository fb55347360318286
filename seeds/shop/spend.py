"""What the shop paid to be found, week by week."""

from __future__ import annotations

from datetime import timedelta

from shop.catalogue import pounds
from shop.contacts import Row
from shop.dice import Dice
from shop.times import END

SINCE = END.replace(year=2024, month=1, day=1)
# Pounds in a usual week; a week costs from 70 to 150 % of that.
USUAL = {"search": 42, "social": 30, "referral": 12, "market_stall": 25}


def marketing_spend() -> list[Row]:
    spend: list[Row] = []
    day = SINCE.date()
    while day <= END.date():
        for channel, usual in USUAL.items():
            dice = Dice(f"spend/{channel}/{day}")
            if channel == "market_stall" and day.month in (1, 2):
                continue
            spend.append((len(spend) + 1, day, channel, pounds(usual * dice.between(70, 150))))
        day += timedelta(days=7)
    return spend
