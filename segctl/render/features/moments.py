"""The boundaries of a run in a model: set once at its head, those alone that it refers to."""

import re
from collections.abc import Iterable

from segctl.criteria_sql import AS_OF, Moment
from segctl.features import passed_by_events
from segctl.plan import Plan
from segctl.render.causes import sources

PLACE = "<moments>\n"
THEN = "_then"
KNOWN = re.compile(r"\{%- set known = segctl\.known_features\(.*\) %\}\n")


def with_moments(text: str, plan: Plan, then: Iterable[str] = ()) -> str:
    """The text with the boundaries that it refers to set at its PLACE.

    `then` are those that it also wants to know as of the last finished run.
    """
    wanted = set(then)
    boundaries = {
        *plan.moments,
        *(moment for scan in sources(plan) for moment in passed_by_events(plan.features, scan)),
    }
    used = [moment for moment in boundaries if re.search(rf"\b{moment.variable}\b", text)]
    lines = [f"{{%- set {moment.variable} = {_call(moment, text)} %}}\n" for moment in _ordered(used)]
    earlier = [
        f"{{%- set {moment.variable}{THEN} = {moment.call_at('known.as_of')} %}}\n"
        for moment in _ordered(used)
        if moment.variable in wanted
    ]
    former = ["{%- if known %}\n", *earlier, "{%- endif %}\n"] if earlier else []
    return KNOWN.sub(lambda known: "".join([known[0], *former]), text.replace(PLACE, "".join(lines)))


def _call(moment: Moment, text: str) -> str:
    """What sets a boundary. Only a table refuses a run: of an ephemeral model dbt does not say what was wrong."""
    return "segctl.as_of()" if moment == AS_OF and "materialized='recorded'" not in text else moment.call


def _ordered(moments: Iterable[Moment]) -> list[Moment]:
    return sorted(moments, key=lambda moment: (moment != AS_OF, moment.variable))
