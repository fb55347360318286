"""JSON Schemas of guards: limits of segments and of sources."""

from collections.abc import Iterable

from segctl.language.amounts import CHANGE_PATTERN
from segctl.schema.parts import SHARE, WHOLE_NUMBER, Schema, closed

LIMITS: dict[str, Schema] = {
    "max_change": {"type": "string", "pattern": CHANGE_PATTERN},
    "min_size": WHOLE_NUMBER,
    "max_size": WHOLE_NUMBER,
    "max_loss": SHARE,
}
GUARDED = {
    "max_change": "The most that a run may join and remove together, as a share of the size before: 20%.",
    "min_size": "The fewest members after a run.",
    "max_size": "The most members after a run.",
    "max_loss": "The share of the last run's rows that may be gone: 10%.",
}


def guard(limits: Iterable[str], description: str, lifted: bool = True) -> Schema:
    """A guard with these limits, at least one."""
    properties = {limit: guard_limit(limit, lifted) for limit in limits}
    return closed(properties, minProperties=1, description=description)


def guard_limit(limit: str, lifted: bool = True) -> Schema:
    """A limit of a guard; where it can be lifted, also `none`."""
    amount = LIMITS[limit]
    return {**({"anyOf": [{"const": "none"}, amount]} if lifted else amount), "description": GUARDED[limit]}
