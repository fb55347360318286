"""Errors that our own macros raise (macros/errors/refuse.sql), as Failures: the code in the message finds the hint."""

import re
from dataclasses import dataclass
from itertools import takewhile
from textwrap import indent

from segctl.errors import Failure, InUse
from segctl.process.waiting import ENDS

# The code of a macro, and what follows it: the message, then findings if it lists some, then what dbt adds.
CODED = re.compile(r"\[segctl:([a-z-]+)\] *([^\n]*)((?:\n[^\n]*)*)")
CODES = re.compile(r"\[segctl:[a-z-]+\] ?")
# What ends the findings: dbt's own lines, and the message of another node.
ENDED = re.compile(r"\s*(>.*|compiled code at .*|.*\[segctl:.*|\w+ Error\b.*)?")
OF_ANOTHER_FORMAT = ("newer-format", "older-format")


class Refusal(Failure):
    """One of our macros has stopped, and nothing has been changed; `code` is stable and meant for programs."""

    def __init__(self, code: str, message: str, hint: str = "", detail: str = "") -> None:
        super().__init__(message, hint, detail=detail)
        self.code = code


class ColumnsMisfit(Refusal):
    """Columns of the warehouse are not of the types that the catalog says."""


class Locked(Refusal, InUse):
    """Another program holds the lock on our tables."""


@dataclass(frozen=True)
class Advice:
    """What the user can do about a code; empty where the message says it.

    A message that `lists` findings has one in each line below it. A hint may name them: `{names}`.
    """

    hint: str = ""
    lists: bool = False
    raises: type[Refusal] = Refusal


ADVICE = {
    "as-of-before-last-run": Advice(
        "a history cannot continue from its middle: use a later --as-of, or begin again (docs/operations.md)"
    ),
    "column-not-widened": Advice("nothing has been changed; docs/operations.md says what to do about views"),
    "column-types": Advice(
        "segctl validate --warehouse names the lines of segments/catalog.yml", lists=True, raises=ColumnsMisfit
    ),
    "concurrent-run": Advice("wait for it to end, then run again if needed"),
    "future-as-of": Advice(),
    "invalid-allow": Advice(),
    "invalid-as-of": Advice(),
    "invalid-key": Advice("fix the model to have one row per key, then run again"),
    "invalid-table-format": Advice("change that variable in dbt_project.yml: docs/engines.md"),
    "key-type": Advice("to the type that its history has; only wider types are carried over: docs/operations.md"),
    "lists-unsupported": Advice("declare a string, or leave the column out of segments/catalog.yml"),
    "lock-lost": Advice(
        "run again; if a model of ours takes longer than a lease, set segctl_lease_minutes (docs/operations.md)"
    ),
    "lock-row-missing": Advice(),
    "locked": Advice(ENDS, raises=Locked),
    "missing-declaration": Advice("segctl render writes it"),
    "missing-model": Advice(),
    "missing-tables": Advice(
        "restore them from their former place or from a backup; nothing has been changed (docs/operations.md, "
        "Tables that no model makes)"
    ),
    "newer-format": Advice("install a newer segctl"),
    "not-iceberg": Advice(),
    "older-format": Advice("segctl run upgrades them"),
    "outdated-models": Advice("segctl render writes those of this version"),
    "partial-build": Advice(),
    "rename-conflict": Advice("take formerly out, or give the segment another name"),
    "session-time-zone": Advice("set it where the server is started, then run again: docs/engines.md"),
    "source-guards": Advice("if that is right, segctl run --allow {names} lets it pass once", lists=True),
    "table-in-the-way": Advice("rename the table, or drop it if nothing in it is needed"),
    "unsafe-settings": Advice(
        "change dbt_project.yml, then run again: docs/operations.md, What a dbt project may set", lists=True
    ),
    "view-in-the-way": Advice("rename the view, or drop it if it is no longer read"),
    "view-reads-column": Advice("nothing has been changed; drop that view, and create it again after the next run"),
}


def refusal(message: str) -> Refusal | None:
    """The first error of our own macros in what dbt says; None when there is none.

    The code is found wherever dbt, a driver or a server quotes it.
    """
    match = CODED.search(message)
    if not match or match[1] not in ADVICE:
        return None
    code, headline, rest = match[1], match[2].strip(), match[3]
    advice = ADVICE[code]
    if not advice.lists:
        return advice.raises(code, headline, advice.hint)
    findings = [line.strip() for line in takewhile(lambda line: not ENDED.fullmatch(line), rest.splitlines()[1:])]
    names = " --allow ".join(sorted({finding.partition(":")[0] for finding in findings}))
    message = f"{headline.removesuffix(':')}; nothing has been changed"
    return advice.raises(code, message, advice.hint.format(names=names), indent("\n".join(findings), "  "))


def without_codes(text: str) -> str:
    """The text as people read it in our own output."""
    return CODES.sub("", text)
