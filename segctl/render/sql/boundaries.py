"""Sets the boundaries of a run at the head of a model, only those that it uses."""

import re
from collections.abc import Iterable

from segctl.conditions.sql import AS_OF, Boundary
from segctl.plan.plan import Plan

BOUNDARIES_PLACE = "<boundaries>\n"
THEN = "_then"
WORD = re.compile(r"\w+")
KNOWN = re.compile(r"\{%- set known = segctl\.\w+\(.*?\) %\}\n", re.DOTALL)


def with_boundaries(text: str, plan: Plan, then: Iterable[str] = ()) -> str:
    """The text with its boundaries set at PLACE.

    `then` are boundaries that it also needs as of the last finished run.
    """
    wanted = set(then)
    mentioned = set(WORD.findall(text))
    used = [boundary for boundary in plan.all_boundaries if boundary.variable in mentioned]
    lines = [f"{{%- set {boundary.variable} = {_call(boundary, text)} %}}\n" for boundary in used]
    earlier = [
        f"{{%- set {boundary.variable}{THEN} = {_call_then(boundary)} %}}\n"
        for boundary in used
        if boundary.variable in wanted
    ]
    former = ["{%- if known %}\n", *earlier, "{%- endif %}\n"] if earlier else []
    return KNOWN.sub(lambda known: "".join([known[0], *former]), text.replace(BOUNDARIES_PLACE, "".join(lines)))


def _call(boundary: Boundary, text: str) -> str:
    """The call that sets a boundary. Only tables check the run, since dbt hides errors of ephemeral models."""
    return "segctl.as_of()" if boundary == AS_OF and "materialized='recorded'" not in text else boundary.call


def _call_then(boundary: Boundary) -> str:
    return "segctl.timestamp_of(known.as_of)" if boundary == AS_OF else boundary.call_at("known.as_of")
