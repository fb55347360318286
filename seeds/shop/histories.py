"""Customers written by hand. Each is here for a reason, given in the comment above it."""

from __future__ import annotations

from datetime import date

from shop.people import Customer
from shop.times import utc

BY_HAND = [
    # An apostrophe, in the name and in the address.
    Customer("Aoife", "O'Brien", "aoife.o'brien@example.ie", utc("2023-02-11 19:03:12"), "IE", "Cork",
             date(1986, 12, 27), "referral", persona="regular"),
    # Letters beyond ASCII.
    Customer("Zoë", "Łukasiewicz", "zoe@example.de", utc("2023-09-02 08:41:55"), "DE", "Köln",
             date(1990, 7, 4), "social", persona="occasional"),
    Customer("Siân", "Llewellyn", "sian@example.com", utc("2024-03-01 21:15:00"), "GB", "Cardiff",
             date(1979, 3, 1), persona="devotee"),
    Customer("美咲", "田中", "misaki@example.jp", utc("2025-06-14 03:20:44"), "JP", "東京",
             date(1998, 1, 3), "social", persona="regular"),
    # Born on 29 February.
    Customer("Martha", "Hale", "martha.hale@example.com", utc("2024-02-29 12:00:00"),
             born=date(1992, 2, 29), persona="occasional"),
    # Gave every detail, never bought.
    Customer("Nora", "Quill", "nora.quill@example.com", utc("2024-05-20 10:10:10"), "GB", "York",
             date(1971, 12, 30), persona="browser"),
    # Gave nothing but an address, never bought.
    Customer("", "", "anon4711@example.com", utc("2025-02-03 23:59:59"), "", "", None, "", "",
             persona="browser"),
    # Signed up in the first second of summer time, and at half past one on either side of its end.
    Customer("Hamish", "Spring", "hamish@example.com", utc("2025-03-30 01:00:00"), "GB", "Glasgow",
             date(1983, 4, 9), persona="regular"),
    Customer("Joan", "Fall", "joan.fall@example.com", utc("2025-10-26 00:30:00"),
             born=date(1967, 10, 26), persona="one_off"),
    Customer("John", "Fall", "john.fall@example.com", utc("2025-10-26 01:30:00"),
             born=date(1966, 5, 12), persona="one_off"),
    # Capitals in the address.
    Customer("Priya", "Shah", "Priya.Shah@Example.COM", utc("2024-01-15 07:30:00"),
             born=date(1995, 8, 19), persona="regular"),
    # One order, fully discounted.
    Customer("Gwen", "Free", "gwen@example.com", utc("2025-08-01 09:00:00"), "GB", "Bristol",
             date(1988, 11, 2), "referral", orders=[("2025-08-01 09:12:00", "free")]),
    # Three orders in a day, and two at the same instant, which are both real.
    Customer("Tom", "Twice", "tom.twice@example.com", utc("2025-11-01 11:00:00"), "GB", "Leeds",
             date(1993, 6, 23), orders=[
                 ("2025-11-29 09:01:00", ""), ("2025-11-29 09:48:00", ""), ("2025-11-29 22:15:00", ""),
                 ("2025-12-05 12:30:00", ""), ("2025-12-05 12:30:00", "")]),
    # The last order stands on, and half an hour inside, the edge of the 60 days before midnight of
    # 22 December. The edge is midnight of 23 October, still summer time: 22 October 23:00 UTC.
    Customer("Rowan", "Edge", "rowan@example.com", utc("2024-10-01 18:00:00"), born=date(1981, 1, 1),
             orders=[("2025-03-02 18:20:00", ""), ("2025-10-22 23:00:00", "")]),
    Customer("Robin", "Edge", "robin@example.com", utc("2024-10-01 18:05:00"), born=date(1981, 1, 2),
             orders=[("2025-03-02 18:25:00", ""), ("2025-10-22 23:30:00", "")]),
    # The first order stands on, and a second after, midnight of 22 December.
    Customer("Minna", "Night", "minna@example.com", utc("2025-12-02 20:00:00"), born=date(2001, 9, 9),
             orders=[("2025-12-22 00:00:00", "")]),
    Customer("Max", "Night", "max@example.com", utc("2025-12-02 20:01:00"), born=date(2001, 9, 10),
             orders=[("2025-12-22 00:00:01", "")]),
    # Ordered on the telephone on 19 December; the warehouse heard of it on the 24th.
    Customer("Olga", "Late", "olga@example.com", utc("2025-05-05 14:00:00"), "NL", "Utrecht",
             date(1958, 2, 28), "market_stall",
             orders=[("2025-06-10 10:00:00", ""), ("2025-12-19 15:45:00", "late")]),
    # Sent two orders back and cancelled one.
    Customer("Ivo", "Return", "ivo@example.com", utc("2025-04-04 16:00:00"), "GB", "Belfast", orders=[
                 ("2025-04-04 16:30:00", ""), ("2025-09-13 13:00:00", "refunded"),
                 ("2025-11-30 20:00:00", "refunded"), ("2025-12-12 20:00:00", "cancelled")]),
    # Work here.
    Customer("Bea", "Barista", "bea@shop.example", utc("2023-01-02 08:00:00"), born=date(1994, 2, 14),
             channel="staff", consent="false", persona="devotee"),
    Customer("Roy", "Roaster", "Roy@Shop.Example", utc("2023-01-02 08:05:00"), born=date(1976, 7, 30),
             channel="staff", consent="false", persona="regular"),
]  # fmt: skip
