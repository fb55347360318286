"""Parses experiments and the holdout of the catalog."""

from decimal import Decimal

import yaml

from segctl.language.amounts import HUNDRED, share
from segctl.language.names import name_fault
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import Experiment, Scalar

VARIANTS = "{control: 50%, voucher: 50%}"


def holdout(entries: dict[str, Entry], reader: Reader) -> Decimal | None:
    """The percentage of customers excluded from every experiment."""
    percent = share(entries["holdout"], reader) if "holdout" in entries else None
    if "holdout" in entries and percent is None:
        reader.report.broken.add("holdout")
    return percent


def experiment(name: Scalar, node: yaml.Node, reader: Reader) -> Experiment | None:
    """One experiment. None after a problem."""
    what = f"experiment {name.text}"
    entries = reader.mapping(node, what, ("share", "variants"), ("variants",))
    included_share = share(entries["share"], reader) if "share" in entries else HUNDRED
    if "variants" not in entries:
        return None
    variants = _variants(name, entries["variants"], reader)
    return Experiment(name.text, included_share, variants, name.mark) if included_share and variants else None


def _variants(name: Scalar, written: Entry, reader: Reader) -> dict[str, Decimal]:
    """The variants and their shares. Empty after a problem."""
    entries = reader.entries(written.value, "variants", VARIANTS)
    shares: dict[str, Decimal] = {}
    for entry in entries.values():
        good = reader.valid_name(entry.key, "variant name", name_fault)
        percent = share(entry, reader)
        if good and percent:
            shares[entry.key.text] = percent
    if len(shares) < len(entries) or not isinstance(written.value, yaml.MappingNode):
        return {}
    total = sum(shares.values())
    if total != HUNDRED:
        message = f"the variants of {name.text} add up to {total}%, not to 100%" if shares else "variants is empty"
        hint = (
            "the variants divide those who take part; share: says how many do"
            if shares
            else f"for example variants: {VARIANTS}"
        )
        if 99 <= total < HUNDRED:
            hint = "shares have up to four places: thirds are 33.3333%, 33.3333% and 33.3334%"
        reader.problem(written.key.mark, "share", message, hint)
    return shares if total == HUNDRED else {}
