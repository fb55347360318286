"""The tables as CSV files."""

from __future__ import annotations

import csv
import io

from shop.accounts import accounts
from shop.catalogue import PRODUCTS, pounds
from shop.contacts import Row, carts, email_events, support_chats, survey_answers
from shop.customers import customers
from shop.orders import orders
from shop.spend import marketing_spend
from shop.traits import form_entries, interests, site_visits


def tables() -> dict[str, tuple[str, list[Row]]]:
    people = customers()
    placed = orders(people)
    companies, account_of = accounts(people)
    lines = [(order.order_id, *line) for order in placed for line in order.lines]
    return {
        "raw_customers": (
            "customer_id first_name last_name email country city date_of_birth signed_up_at "
            "acquisition_channel marketing_consent company_size account_id interests",
            [(p.customer_id, p.first_name, p.last_name, p.email, p.country, p.city, p.born, p.signed_up_at,
              p.channel, p.consent, p.company_size, account_of.get(p.customer_id), interests(p)) for p in people],
        ),
        "raw_accounts": (
            "account_id name industry employees country contract_renews_on",
            [(a.account_id, a.name, a.industry, a.employees, a.country, a.contract_renews_on) for a in companies],
        ),
        "raw_products": (
            "product_id name category price",
            [(n, name, kind, pounds(price)) for n, (name, kind, price) in enumerate(PRODUCTS, start=1)],
        ),
        "raw_orders": (
            "order_id customer_id ordered_at status channel amount discount refunded_at loaded_at",
            [(o.order_id, o.customer_id, o.ordered_at, o.status, o.channel, pounds(o.amount),
              pounds(o.discount), o.refunded_at, o.loaded_at) for o in placed],
        ),
        "raw_order_items": (
            "order_item_id order_id product_id quantity unit_price",
            [(n, order, product, quantity, pounds(price))
             for n, (order, product, quantity, price) in enumerate(lines, start=1)],
        ),
        "raw_carts": ("cart_id customer_id created_at amount order_id", carts(people, placed)),
        "raw_email_events": ("event_id customer_id event_type campaign occurred_at", email_events(people)),
        "raw_support_chats": (
            "chat_id customer_id started_at topic satisfaction loaded_at",
            support_chats(placed),
        ),
        "raw_survey_answers": ("answer_id customer_id answered_at question answer", survey_answers(placed)),
        "raw_form_entries": ("entry_id customer_id form machine cups_a_day submitted_at", form_entries(people)),
        "raw_marketing_spend": ("spend_id spent_on channel amount", marketing_spend()),
        "raw_site_visits": ("visit_id customer_id page device visited_at", site_visits(people)),
    }  # fmt: skip


def files() -> dict[str, bytes]:
    """The content of each file by its name."""
    written = {}
    for name, (header, rows) in tables().items():
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header.split())
        writer.writerows(rows)
        written[f"{name}.csv"] = text.getvalue().encode()
    return written
