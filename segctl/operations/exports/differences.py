"""What a receiver is to be told of a member, from what it was sent and what is so now."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from segctl.operations.exports.formats.comma_separated import cell_text
from segctl.operations.exports.values import Value
from segctl.sent import Sent

Op = Literal["add", "update", "remove"]


@dataclass(frozen=True)
class Standing:
    """A member of a segment as the history has them: the last stay, by which they are in or were, and whether they were
    in it as of the run that changes are asked since.

    `cause`, `run_id` and `at` are those of the join, or of the leave of whoever is out. `sendable` says that they are
    in and may be sent. `identifiers` are as they would be sent now, `columns` the other values.
    """

    segment: str
    member: str
    was_in: bool
    is_in: bool
    sendable: bool
    cause: str
    run_id: str
    at: datetime
    identifiers: Mapping[str, str]
    columns: Mapping[str, Value]

    @property
    def digest(self) -> str:
        """A digest of the other values, by which it is told that they have changed."""
        if not self.columns:
            return ""
        told = json.dumps([(name, cell_text(value)) for name, value in self.columns.items()], ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    @property
    def as_sent(self) -> Sent:
        """What is remembered of them when they are sent."""
        return Sent(self.segment, self.member, self.identifiers, self.digest)


@dataclass(frozen=True)
class Before:
    """What a receiver has of a segment: exactly what is remembered (`is_exact`), or the members as of a run, of whom
    what is remembered tells the identifiers. `is_known` says that anything at all is remembered.
    """

    is_exact: bool
    is_known: bool


def op_of(now: Standing | None, sent: Sent | None, before: Before) -> Op | None:
    """What a receiver is to be told; None for nothing."""
    if now and now.sendable:
        if before.is_exact or (now.was_in and before.is_known):
            return "add" if sent is None else "update" if _differs(now, sent) else None
        if now.was_in:
            # Whether it has them is not known, and neither is with what.
            return None
        return "add"
    if sent:
        return "remove"
    if before.is_exact or now is None or not now.was_in:
        return None
    # Whoever is in and may not be sent now was not sent, if that is known at all.
    return None if now.is_in and before.is_known else "remove"


@dataclass(frozen=True)
class Cause:
    """Why something has changed, by which run that is known, and from which naive UTC instant it holds."""

    name: str
    run_id: str
    at: datetime


def cause_of(op: Op, now: Standing | None, sent: Sent | None, since: datetime, last: tuple[str, datetime]) -> Cause:
    """Why a receiver is told of a change since an instant: what the history says, or, where membership is not what has
    changed, one of OTHER_CAUSES as of the last run (its id and instant).
    """
    if op == "update":
        return Cause("changed", *last)
    if op == "remove" and sent and sent.is_erased:
        return Cause("erased", *last)
    if now is None:
        return Cause("gone", *last)
    if op == "remove" and now.is_in:
        return Cause("not_eligible", *last)
    if op == "add" and now.was_in and now.at <= since:
        return Cause("eligible", *last)
    return Cause(now.cause, now.run_id, now.at)


def is_to_be_noted(now: Standing | None, sent: Sent | None) -> bool:
    """Whether what is remembered changes, whatever the receiver is told."""
    if now and now.sendable:
        return sent is None or _differs(now, sent)
    return sent is not None


def _differs(now: Standing, sent: Sent) -> bool:
    return dict(now.identifiers) != dict(sent.identifiers) or now.digest != sent.digest
