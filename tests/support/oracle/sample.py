"""Stable random shares of customers, as docs/language.md describes `sample`, `experiment` and `holdout`."""

import hashlib
from fractions import Fraction
from typing import Any

from tests.support.oracle.values import share


def point(salt: str, key: object) -> Fraction:
    """A customer's fixed point for a salt: at least 0 and less than 1."""
    digits = hashlib.md5(f"{salt}:{key}".encode()).hexdigest()[:8]
    return Fraction(int(digits, 16), 16**8)


def sampled(wanted: str, salt: str, key: object) -> bool:
    return point(salt, key) < share(wanted)


def held_out(catalog: dict[str, Any], key: object) -> bool:
    return "holdout" in catalog and sampled(catalog["holdout"], "holdout", key)


def takes_part(catalog: dict[str, Any], experiment: str, variant: str | None, key: object) -> bool:
    declared = catalog["experiments"][experiment]
    if held_out(catalog, key) or not sampled(declared.get("share", "100%"), f"experiment:{experiment}", key):
        return False
    return variant is None or variant_of(experiment, declared["variants"], key) == variant


def variant_of(experiment: str, variants: dict[str, str], key: object) -> str:
    """The variants divide up the points in the order of their names."""
    at, end = point(f"variant:{experiment}", key), Fraction(0)
    for variant in sorted(variants):
        end += share(variants[variant])
        if at < end:
            return variant
    raise ValueError(f"the variants of {experiment} do not add up to 100%")
