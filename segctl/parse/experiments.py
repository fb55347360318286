"""Experiments and the holdout of the catalog."""

from decimal import Decimal

import yaml

from segctl.names import as_name, name_fault
from segctl.nodes import Entry, Reader
from segctl.rules.amounts import HUNDRED, share
from segctl.spec import Experiment, Scalar


def holdout(entries: dict[str, Entry], reader: Reader) -> Decimal | None:
    """The share of customers, in percent, who are kept out of every experiment."""
    return share(entries["holdout"], reader) if "holdout" in entries else None


def experiment(name: Scalar, node: yaml.Node, reader: Reader) -> Experiment | None:
    """One experiment; None after a problem."""
    what = f"experiment {name.text}"
    entries = reader.mapping(node, what, ("share", "variants"), ("variants",))
    takes_part = share(entries["share"], reader) if "share" in entries else HUNDRED
    if "variants" not in entries:
        return None
    variants = {}
    for entry in reader.entries(entries["variants"].value, "variants").values():
        good = reader.good_name(entry.key, "variant name", name_fault, as_name)
        percent = share(entry, reader)
        if good and percent:
            variants[entry.key.text] = percent
        else:
            return None
    if sum(variants.values()) != HUNDRED:
        message = f"the variants of {name.text} add up to {sum(variants.values())}%, not to 100%"
        reader.problem(entries["variants"].key.mark, "share", message, "share: says how many take part at all")
        return None
    return Experiment(name.text, takes_part, variants, name.mark) if takes_part else None
