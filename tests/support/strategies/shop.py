"""The shop that definitions are about: its catalog and its tables."""

TIMEZONE = "America/New_York"
TIMEZONES = (TIMEZONE, "Europe/London", "UTC", "Australia/Lord_Howe")

CATALOG_YAML = """\
version: 1
timezone: America/New_York
currency: USD
revenue: lifetime_value
entities:
  customer:
    model: stg_customers
    key: customer_id
    description: One row a customer.
    attributes:
      country: string
      nickname: {type: string, column: nick_name, description: As given by the customer.}
      plan: {type: string, values: [free, pro]}
      score: number
      balance: {type: number, column: account_balance}
      points: number
      marketing_consent: boolean
      birthday: {type: date, column: date_of_birth}
      signed_up_at: timestamp
      renews_at: {type: timestamptz, column: renewal_at}
      interests: strings
      tier: {type: string, history: {model: stg_tiers, customer: member_id, from: valid_from, to: valid_to}}
      tier_points: {type: number, column: points, history: {model: stg_tiers, customer: member_id, from: valid_from}}
      verified:
        type: boolean
        history: {model: stg_tiers, customer: member_id, from: {column: checked_on, type: date}}
      last_call_on:
        type: date
        history:
          model: stg_tiers
          customer: member_id
          column: call_on
          from: {column: told_at, type: timestamptz}
          to: {column: forgotten_on, type: date}
    eligible: {attribute: marketing_consent, eq: true}
  account:
    model: stg_accounts
    key: account_id
    customers: account_id
    attributes:
      industry: string
      points: {type: number, column: seats}
      founded_on: date
      partner: {type: boolean, column: is_partner}
events:
  order:
    model: stg_orders
    key: order_id
    customer: buyer_id
    at: ordered_at
    recorded_at: loaded_at
    fields:
      amount: number
      net: {type: number, column: net_amount}
      quantity: number
      channel: string
      status: string
      is_gift: {type: boolean, column: gift}
      ships_on: date
      paid_at: timestamptz
      tags: {type: strings, column: tag_list}
    where: {status: {not_in: [cancelled, refunded]}}
  refund:
    model: stg_orders
    key: order_id
    customer: buyer_id
    at: {column: refunded_at, type: timestamptz}
    fields: {amount: number, channel: string, status: string, ordered_at: timestamp}
    where: {status: refunded}
  visit:
    model: source('shop', 'visits')
    customer: customer_id
    at: {column: visited_on, type: date}
    fields: {page: string, duration: number, channel: {type: string, column: page}}
metrics:
  lifetime_value: {sum: order.amount, description: All that they spent.}
  order_count: {count: order}
  average_order_value: {avg: order.amount}
  channels_used: {count_distinct: order.channel}
  prices_paid: {count_distinct: order.amount}
  smallest_order: {min: order.amount}
  largest_net: {max: order.net}
  first_order_at: {first: order}
  last_order_at: {last: order}
  web_orders: {count: order, where: {channel: web}}
  gifts_bought: {sum: order.quantity, where: {is_gift: true, amount: {gte: 0.1}, channel: [web, shop]}}
  recent_spend: {sum: order.amount, within_last: 30 days}
  orders_before_last_month: {count: order, within_last: 1 year, older_than: 1 month}
  spring_net: {avg: order.net, between_dates: [2024-03-01, 2024-05-31]}
  orders_since_leap_day: {count: order, after: 2024-02-29}
  largest_before_2024: {max: order.quantity, before: 2024-01-01}
  next_shipping: {max: order.ships_on, within_last: 3 months}
  earliest_payment: {min: order.paid_at, where: {paid_at: {after: 2023-12-31}}}
  refunded_amount: {sum: refund.amount}
  last_refund_at: {last: refund}
  visit_count: {count: visit}
  first_visit_on: {first: visit}
  last_long_visit_on: {last: visit, where: {duration: {gt: 12.5}}, older_than: 1 day}
  longest_visit: {max: visit.duration}
  acquisition_channel: {first: order.channel}
  last_refund_channel: {last: refund.channel, older_than: 1 day}
  last_page: {last: visit.page, where: {duration: {gte: 0}}}
  last_amount: {last: order.amount}
  first_quantity: {first: order.quantity, within_last: 1 year}
  first_shipping: {first: order.ships_on}
  last_refunded_order_at: {last: refund.ordered_at}
  last_payment_at: {last: order.paid_at, where: {tags: {has_any: [gift, tea]}}}
  tea_orders: {count: order, where: {tags: {has: tea}}}
  usual_order_gap: {usual_gap: order}
  usual_refund_gap: {usual_gap: refund, description: In days.}
  usual_visit_gap: {usual_gap: visit, within_last: 1 year}
  web_share: {ratio: [web_orders, order_count]}
  spend_per_visit: {ratio: [lifetime_value, visit_count], description: Missing without a visit.}
  last_to_average: {ratio: [last_amount, average_order_value]}
  gap_change: {ratio: [usual_visit_gap, usual_order_gap]}
  net_spend: {difference: [lifetime_value, refunded_amount]}
  price_spread: {difference: [largest_net, smallest_order]}
  earlier_orders: {difference: [order_count, orders_since_leap_day]}
rules:
  active: {any: [{event: order, within_last: 30 days}, {event: visit, within_last: 7 days}]}
  reachable: {all: [{rule: active}, {attribute: marketing_consent, eq: true}]}
  best_of_active: {rank: lifetime_value, top: 50%, among: {rule: active}}
  in_trade: {belongs_to: account, that: {any: [{attribute: partner, eq: true}, {attribute: points, gte: 3}]}}
holdout: 12.5%
experiments:
  spring_offer: {share: 60%, variants: {voucher: 50%, control: 50%}}
  onboarding: {variants: {short: 33.3333%, long: 33.3333%, letter: 33.3334%}}
"""

# Model, then column, then SQL type: enough to create the tables.
CUSTOMERS = "stg_customers"
ACCOUNTS = "stg_accounts"
ORDERS = "stg_orders"
TIERS = "stg_tiers"
VISITS = "source('shop', 'visits')"
TABLES: dict[str, dict[str, str]] = {
    CUSTOMERS: {
        "customer_id": "bigint",
        "country": "varchar",
        "nick_name": "varchar",
        "plan": "varchar",
        "score": "double precision",
        "account_balance": "numeric(18,2)",
        "points": "bigint",
        "marketing_consent": "boolean",
        "date_of_birth": "date",
        "signed_up_at": "timestamp",
        "renewal_at": "timestamptz",
        "interests": "varchar[]",
        "account_id": "bigint",
    },
    ACCOUNTS: {
        "account_id": "bigint",
        "industry": "varchar",
        "seats": "bigint",
        "founded_on": "date",
        "is_partner": "boolean",
    },
    ORDERS: {
        "order_id": "bigint",
        "buyer_id": "bigint",
        "ordered_at": "timestamp",
        "refunded_at": "timestamptz",
        "loaded_at": "timestamp",
        "amount": "double precision",
        "net_amount": "numeric(18,2)",
        "quantity": "bigint",
        "channel": "varchar",
        "status": "varchar",
        "gift": "boolean",
        "ships_on": "date",
        "paid_at": "timestamptz",
        "tag_list": "varchar[]",
    },
    VISITS: {
        "customer_id": "bigint",
        "visited_on": "date",
        "page": "varchar",
        "duration": "double precision",
    },
    TIERS: {
        "member_id": "bigint",
        "tier": "varchar",
        "points": "double precision",
        "verified": "boolean",
        "call_on": "date",
        "valid_from": "timestamp",
        "valid_to": "timestamp",
        "checked_on": "date",
        "told_at": "timestamptz",
        "forgotten_on": "date",
    },
}
KEYS = ("customer_id", "buyer_id", "member_id", "account_id")
TABLES_WITH_STRING_KEYS: dict[str, dict[str, str]] = {
    model: columns | {key: "varchar" for key in KEYS if key in columns} for model, columns in TABLES.items()
}


# When customers begin to exist, if they have a beginning: columns with times of every kind, including NULL.
SINCES = (
    *("", "signed_up_at"),
    *("{column: renewal_at, type: timestamptz}", "{column: date_of_birth, type: date}"),
)


def catalog_text(timezone: str = TIMEZONE, since: str = "") -> str:
    text = CATALOG_YAML.replace(TIMEZONE, timezone)
    return text.replace("    key: customer_id\n", f"    key: customer_id\n    since: {since}\n", 1) if since else text
