"""Recognises money by column names."""

from segctl.operations.proposal.tables.names import listed

NOT_MONEY = frozenset(
    listed(
        "tax vat discount shipping delivery refund refunded cost fee tip number count quantity qty rate percent pct "
        "unit points score weight days age card voucher coupon gift credit debit bank transfer cash paypal due"
    )
)
_MONEY = tuple(listed("amount total revenue price value spend spent sales gmv paid net gross mrr"))


def money_rank(name: str) -> int:
    """The likelihood that a name is what a customer paid, 0 for none."""
    words = name.split("_")
    if set(words) & NOT_MONEY:
        return 0
    rank = next((len(_MONEY) - place for place, word in enumerate(_MONEY) if word in words), 0)
    # Prefers whole amounts to parts (net_amount) and other units (amount_cents).
    return max(rank * 10 - len(words) - (5 if in_cents(name) else 0), 0)


def in_cents(name: str) -> bool:
    """Whether the name means the minor unit of a currency."""
    return name.rsplit("_", maxsplit=1)[-1] in ("cents", "pence", "cent", "minor")
