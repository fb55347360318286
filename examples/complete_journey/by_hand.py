"""Every segment of this example a second time: by hand, in pandas, from the raw Parquet files.

Nothing here is shared with segctl, its SQL or the YAML.
Instants are naive UTC as in the tables; a cut is a local midnight in New York; money is whole cents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

ZONE = "America/New_York"
CUTS = [pd.Timestamp(2017, month, 1) for month in range(2, 13)] + [pd.Timestamp(2018, 1, 1)]

Members = dict[str, set[int]]


def instant(local: pd.Timestamp) -> pd.Timestamp:
    return local.tz_localize(ZONE).tz_convert("UTC").tz_localize(None)


def midnights(days: pd.Series) -> pd.Series:
    return days.dt.tz_localize(ZONE).dt.tz_convert("UTC").dt.tz_localize(None)


def cents(dollars: pd.Series) -> pd.Series:
    return (dollars * 100).round().astype("int64")


@dataclass(frozen=True)
class Events:
    """Rows in order of `at`, and the sets of households in them."""

    rows: pd.DataFrame

    def between(self, after: pd.Timestamp | None, until: pd.Timestamp | None) -> Events:
        """Those with after < at <= until."""
        first = 0 if after is None else self.rows["at"].searchsorted(after, side="right")
        end = len(self.rows) if until is None else self.rows["at"].searchsorted(until, side="right")
        return Events(self.rows.iloc[first:end])

    def having(self, column: str, *values: object) -> Events:
        return Events(self.rows[self.rows[column].isin(values)])

    def keep(self, test: Callable[[pd.DataFrame], pd.Series]) -> Events:
        return Events(self.rows[test(self.rows)])

    def who(self) -> set[int]:
        return set(self.rows["household_id"].unique().tolist())

    def of(self, column: str, function: str) -> pd.Series:
        return self.rows.groupby("household_id")[column].agg(function)

    def at_least(self, bound: object, column: str = "at", function: str = "size") -> set[int]:
        value = self.of(column, function)
        return set(value.index[value >= bound].tolist())

    def at_most(self, bound: object, column: str = "at", function: str = "size") -> set[int]:
        """Only households with rows: the caller adds those without."""
        value = self.of(column, function)
        return set(value.index[value <= bound].tolist())

    def average(self, low: int, high: float) -> set[int]:
        """Average amount in [low, high) cents, by multiplying, so that nothing is rounded."""
        total = self.rows.groupby("household_id")["cents"].agg(["sum", "size"])
        fits = (total["sum"] >= low * total["size"]) & (total["sum"] < high * total["size"])
        return set(total.index[fits].tolist())


@dataclass(frozen=True)
class Data:
    """What is known as of `cut`; everything, while that is the end of time."""

    cut: pd.Timestamp
    everyone: set[int]
    survey: pd.DataFrame
    baskets: Events
    lines: Events
    mailings: Events
    redemptions: Events

    def ago(self, **span: int) -> pd.Timestamp:
        return instant(self.cut - pd.DateOffset(**span))

    def last(self, events: Events, **span: int) -> Events:
        return events.between(self.ago(**span), None)

    def older(self, events: Events, **span: int) -> Events:
        return events.between(None, self.ago(**span))

    def seen(self, cut: pd.Timestamp) -> Data:
        baskets, lines = (events.between(None, instant(cut)) for events in (self.baskets, self.lines))
        # Of these only the day is known, and one that begins with the cut has not come.
        before = instant(cut - pd.Timedelta(microseconds=1))
        mailings, redemptions = (events.between(None, before) for events in (self.mailings, self.redemptions))
        return Data(cut, self.everyone, self.survey, baskets, lines, mailings, redemptions)


def read(folder: Path) -> Data:
    def table(name: str) -> pd.DataFrame:
        return pd.read_parquet(folder / f"{name}.parquet")

    def events(frame: pd.DataFrame) -> Events:
        return Events(frame.sort_values("at", ignore_index=True))

    sold = table("transactions").merge(table("products"), on="product_id", how="left")
    sold["at"] = sold["transaction_timestamp"]
    sold["cents"] = cents(sold["sales_value"])
    sold["coupon_cents"] = cents(sold["coupon_disc"]) + cents(sold["coupon_match_disc"])
    for column in ("department", "product_category", "brand"):
        sold[column] = sold[column].astype("category")
    one = {"household_id": "first", "store_id": "first", "at": "min", "cents": "sum", "coupon_cents": "sum"}
    baskets = sold.groupby("basket_id").agg(one)
    clock = baskets["at"].dt.tz_localize("UTC").dt.tz_convert(ZONE).dt
    baskets["hour"], baskets["day_name"] = clock.hour, clock.day_name()

    described = table("campaign_descriptions")
    mailings = table("campaigns").merge(described, on="campaign_id")
    mailings["at"], mailings["ends"] = midnights(mailings["start_date"]), midnights(mailings["end_date"])
    redemptions = table("coupon_redemptions").merge(described, on="campaign_id")
    redemptions["at"] = midnights(redemptions["redemption_date"])

    survey = table("demographics").set_index("household_id")
    everyone = set(sold["household_id"]) | set(survey.index) | set(mailings["household_id"])
    bought = events(sold[sold["quantity"] > 0])
    return Data(CUTS[-1], everyone, survey, events(baskets), bought, events(mailings), events(redemptions))


def value(d: Data) -> Members:
    month, quarter = d.last(d.baskets, months=1), d.last(d.baskets, months=3)
    four_weeks = d.last(d.baskets, days=28)
    before = d.older(d.last(d.baskets, months=6), months=3)
    return {
        "big_month": month.at_least(400_00, "cents", "sum"),
        "big_quarter": quarter.at_least(1000_00, "cents", "sum"),
        "big_baskets": d.baskets.at_least(5) & d.baskets.average(50_00, float("inf")),
        # up to and including $40: below $40 and a hair
        "middle_baskets": quarter.at_least(6) & quarter.average(20_00, 40_00 + 1e-6),
        "top_up_shoppers": four_weeks.at_least(8) & four_weeks.average(0, 20_00),
        "stock_up_trips": d.last(d.baskets, weeks=8).at_least(150_00, "cents", "max"),
        "stepped_up": (d.older(d.baskets, months=6).who() - before.at_least(200_00, "cents", "sum"))
        & quarter.at_least(400_00, "cents", "sum"),
    }


def weekly(d: Data) -> set[int]:
    return d.last(d.baskets, days=28).at_least(4)


def every_week(d: Data) -> set[int]:
    weeks = [d.baskets.between(d.ago(weeks=n + 1), d.ago(weeks=n)).who() for n in range(4)]
    return set.intersection(*weeks)


def core(d: Data) -> set[int]:
    return every_week(d) & value(d)["big_quarter"]


def loyalty(d: Data) -> Members:
    quarter, eight, six = (d.last(d.baskets, **span) for span in ({"months": 3}, {"weeks": 8}, {"weeks": 6}))
    weekend = ("Saturday", "Sunday")
    first = d.baskets.of("at", "min").dt.tz_localize("UTC").dt.tz_convert(ZONE)
    coming = {(day.month, day.day) for day in pd.date_range(d.cut, periods=7)}
    long_ago = first[first.dt.year < d.cut.year]
    anniversaries = {home for home, at in long_ago.items() if (at.month, at.day) in coming}
    return {
        "not_yet_shopped": d.everyone - d.baskets.who(),
        "new_shoppers": d.baskets.who() - d.older(d.baskets, months=1).who(),
        "just_shopped": d.baskets.between(instant(d.cut) - pd.Timedelta(hours=48), None).who(),
        "weekly_shoppers": weekly(d),
        "every_week": every_week(d),
        "core_households": core(d),
        "one_store": quarter.at_least(12) & quarter.at_most(1, "store_id", "nunique"),
        "store_hoppers": quarter.at_least(4, "store_id", "nunique"),
        "evening_shoppers": eight.having("hour", 19, 20, 21, 22, 23).at_least(4)
        - eight.having("hour", 5, 6, 7, 8, 9, 10, 11).who(),
        "weekend_only": six.having("day_name", *weekend).at_least(2)
        - six.keep(lambda rows: ~rows["day_name"].isin(weekend)).who(),
        "first_anniversary": anniversaries,
    }


def retention(d: Data) -> Members:
    recent, between = d.last(d.baskets, weeks=4), d.older(d.last(d.baskets, weeks=12), weeks=4)
    lapsed = d.baskets.at_least(10) - recent.who()
    june, september = instant(pd.Timestamp(2017, 6, 1)), instant(pd.Timestamp(2017, 9, 1))
    summer = d.baskets.keep(lambda rows: (rows["at"] >= june) & (rows["at"] < september))
    since = d.baskets.keep(lambda rows: rows["at"] >= september)
    summer_shoppers = summer.at_least(500_00, "cents", "sum")
    quiet = d.baskets.who() - d.last(d.baskets, days=14).who()
    return {
        "lapsed_regulars": lapsed,
        "lapsed_high_value": lapsed & d.baskets.at_least(1000_00, "cents", "sum"),
        "slowing_down": between.at_least(6) - recent.at_least(2),
        "won_back": (recent.who() & d.older(d.baskets, weeks=12).who()) - between.who(),
        "tried_us": d.baskets.at_most(2) & d.older(d.baskets, days=30).who(),
        "summer_shoppers": summer_shoppers,
        "gone_since_summer": (summer_shoppers - since.at_least(100_00, "cents", "sum")) & quiet,
    }


def baby(d: Data) -> set[int]:
    food = ("BABY FOODS", "BABYFOOD", "INFANT FORMULA")
    care = ("INFANT CARE PRODUCTS", "DIAPERS & DISPOSABLES")
    return d.last(d.lines, months=3).having("product_category", *food, *care).at_least(2)


def fresh(d: Data) -> Members:
    eight, quarter = d.last(d.lines, weeks=8), d.last(d.lines, months=3)
    meat, fish = ("MEAT", "MEAT-PCKGD"), ("SEAFOOD", "SEAFOOD-PCKGD")
    deli = d.last(d.lines, weeks=12).having("department", "DELI")
    meat_ever = d.lines.having("department", *meat)
    fuel, food = eight.having("department", "FUEL"), eight.having("department", "GROCERY", "FROZEN GROCERY")
    produce_buyers = eight.having("department", "PRODUCE").at_least(8)
    organic = quarter.having("product_category", "ORGANICS FRUIT & VEGETABLES").at_least(2)
    return {
        "produce_buyers": produce_buyers,
        "deli_regulars": deli.at_least(40_00, "cents", "sum"),
        "meat_lapsed": weekly(d) & (meat_ever.at_least(10) - eight.having("department", *meat).who()),
        "meat_free": d.baskets.at_least(20) - d.lines.having("department", *meat, *fish).who(),
        "organic_shoppers": organic | quarter.having("department", "NUTRITION").at_least(6),
        "fuel_not_food": fuel.at_least(2) - food.at_least(50_00, "cents", "sum") - produce_buyers,
    }


def shelf(d: Data) -> Members:
    quarter, ninety = d.last(d.lines, months=3), d.last(d.lines, days=90)
    remedies = ("COLD AND FLU", "SINUS AND ALLERGY", "ANALGESICS", "ANTACIDS", "FIRST AID PRODUCTS")
    wine = ("DOMESTIC WINE", "IMPORTED WINE", "MISC WINE")
    pets = ("CAT FOOD", "CAT LITTER", "DOG FOODS")
    school = d.lines.having("product_category", "STATIONERY & SCHOOL SUPPLIES")
    start, end = instant(pd.Timestamp(2017, 8, 14)), instant(pd.Timestamp(2017, 9, 11))
    costly = d.last(d.lines, months=1).keep(lambda rows: (rows["cents"] >= 40_00) & (rows["quantity"] < 1000))
    not_fuel = costly.keep(lambda rows: rows["department"].notna() & (rows["department"] != "FUEL"))
    return {
        "baby_households": baby(d),
        "pet_owners": d.last(d.lines, days=60).having("product_category", *pets).who(),
        "remedy_buyers": ninety.having("product_category", *remedies).at_least(3),
        "wine_buyers": quarter.having("product_category", *wine).at_least(30_00, "cents", "sum"),
        "private_label_fans": ninety.having("brand", "Private").at_least(100_00, "cents", "sum"),
        "wide_choice": quarter.at_least(80, "product_category", "nunique"),
        "costly_line": not_fuel.who(),
        "back_to_school": school.keep(lambda rows: (rows["at"] >= start) & (rows["at"] < end)).who(),
    }


def promotions(d: Data) -> Members:
    ever, week = d.redemptions.who(), d.last(d.redemptions, days=7)
    quarter = d.last(d.baskets, months=3)
    mailed_a = d.mailings.having("campaign_type", "Type A").who()
    mailed_b_c = d.mailings.having("campaign_type", "Type B", "Type C").at_least(3)
    used = quarter.keep(lambda rows: rows["coupon_cents"] > 0)
    unused = quarter.keep(lambda rows: rows["coupon_cents"] == 0)
    ends, now = d.mailings.of("ends", "max"), instant(d.cut)
    soon = (ends > now) & (ends <= instant(d.cut + pd.DateOffset(weeks=2)))
    return {
        "coupon_redeemers": ever,
        "keen_redeemers": d.last(d.redemptions, days=90).at_least(3, "coupon_upc", "nunique"),
        "redeemed_this_week": week.who(),
        "lapsed_redeemers": ever - d.last(d.redemptions, months=3).who(),
        "coupon_savers": d.last(d.baskets, days=90).at_least(10_00, "coupon_cents", "sum"),
        "coupon_driven": used.at_least(4) - unused.at_least(10),
        "mailed_type_a": mailed_a,
        "type_a_no_answer": mailed_a - d.redemptions.having("campaign_type", "Type A").who(),
        "type_b_c_no_answer": mailed_b_c - d.redemptions.having("campaign_type", "Type B", "Type C").who(),
        "unmailed_regulars": weekly(d) - d.mailings.who(),
        "offers_running_out": set(ends.index[soon].tolist()),
        "no_open_offer": set(ends.index[ends <= now].tolist()),
    }


def households(d: Data) -> Members:
    def said(column: str, *answers: str) -> set[int]:
        return set(d.survey.index[d.survey[column].isin(answers)].tolist())

    early = d.last(d.baskets, weeks=8).having("hour", 5, 6, 7, 8, 9, 10, 11)
    one_adult = said("household_comp", "1 Adult Kids", "1 Adult No Kids")
    large = said("kids_count", "2", "3+") | said("household_size", "5+")
    surveyed, kids = set(d.survey.index.tolist()), said("kids_count", "1", "2", "3+")
    well_off = said("income", "100-124K", "125-149K", "150-174K", "175-199K", "200-249K", "250K+")
    return {
        "families_with_kids": kids,
        "big_family_trips": large & value(d)["stock_up_trips"],
        "families_weekly": (kids | baby(d)) & weekly(d),
        "well_off": well_off & value(d)["big_quarter"],
        "older_and_early": said("age", "55-64", "65+") & early.at_least(4),
        "single_top_up": one_adult & value(d)["top_up_shoppers"],
        "not_homeowners": surveyed - said("home_ownership", "Homeowner", "Probable Homeowner"),
        "said_unmarried": said("marital_status", "Unmarried"),
        "regulars_to_survey": core(d) - surveyed,
    }


def members(d: Data) -> Members:
    """Who is in each segment."""
    found: Members = {}
    for part in (value, loyalty, retention, fresh, shelf, promotions, households):
        found |= part(d)
    return found
