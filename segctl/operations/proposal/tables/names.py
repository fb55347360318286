"""Finds the subject in a model's name, without prefixes for layers and systems."""

from collections.abc import Sequence

from segctl.language.names import as_name


def listed(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


# At most this many names are listed.
MOST_NAMED = 40
# Layers of a dbt project, and common suffixes for final tables.
PREFIXES = frozenset(
    listed(
        "base bronze cleaned core dim dimension dw dwh fact fct final gold int intermediate mart prep raw rpt silver "
        "snap snapshot snp source src staging stage stg tbl the vw"
    )
)
SUFFIXES = frozenset(
    listed("all base clean current dim enriched fact final full latest master raw snapshot table v view")
)
# Best name first: customers are more likely the subject than accounts.
CUSTOMERS = tuple(
    listed(
        "customer client shopper buyer consumer user subscriber household member guest patient donor player student "
        "account person contact profile"
    )
)
# A model with one of these words aggregates events, or is a calendar.
SUMMARIES = frozenset(
    listed(
        "aggregate aggregates agg attributes by calendar cohort cohorts daily dates feature features history kpi kpis "
        "lifetime ltv metric metrics monthly report rfm score scores segment segments spine stat stats summary total "
        "totals weekly yearly"
    )
)
IRREGULAR = {"people": "person", "persons": "person", "children": "child", "statuses": "status"}


def named(names: Sequence[str]) -> str:
    """The names, or the first ones with the number of others."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def subject(name: str) -> tuple[str, ...]:
    """The words of a model's name for its rows, the last one in the singular.

    `stg_jaffle__orders` is (order), `dim_app_users` is (app, user), `orders_v2` is (order).
    """
    words = [word for word in as_name(name.rpartition("__")[2] or name).split("_") if word]
    while len(words) > 1 and words[0] in PREFIXES:
        words = words[1:]
    while len(words) > 1 and (words[-1] in SUFFIXES or (words[-1][0] == "v" and words[-1][1:].isdigit())):
        words = words[:-1]
    return (*words[:-1], singular(words[-1])) if words else ()


def singular(word: str) -> str:
    """The singular: orders, order; categories, category; addresses, address."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes", "zzes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def plural(word: str) -> str:
    """The plural for labels: order, orders; category, categories."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh", "z")) else "s")


def with_article(words: str) -> str:
    """`an order`, `a purchase`."""
    return f"{'an' if words[:1] in 'aeio' else 'a'} {words}"
