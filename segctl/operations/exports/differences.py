"""Decides what to send about a member, from what was sent and the present state."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from segctl.operations.exports.formats.comma_separated import cell_text
from segctl.operations.exports.values import Value
from segctl.personal_data.sent import Sent

Op = Literal["add", "update", "remove"]


@dataclass(frozen=True)
class MemberState:
    """A member of a segment in the history: the last stay, and whether it was open as of the start of the changes.

    `cause`, `run_id` and `at` are those of the join, or of the leave if the stay has ended. `sendable` means in the
    segment and allowed to be sent. `identifiers` are as they would be sent now, `columns` are the other values.
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
        """A digest of the other values, to detect changes."""
        if not self.columns:
            return ""
        values_text = json.dumps([(name, cell_text(value)) for name, value in self.columns.items()], ensure_ascii=False)
        return hashlib.sha256(values_text.encode()).hexdigest()[:32]

    @property
    def as_sent(self) -> Sent:
        """What is remembered about a sent member."""
        return Sent(self.segment, self.member, self.identifiers, self.digest)


@dataclass(frozen=True)
class PreviousState:
    """What a receiver has of a segment: exactly what is remembered (`is_exact`), or the members as of a run, with
    remembered identifiers. `is_known` means that anything is remembered.
    """

    is_exact: bool
    is_known: bool


def op_of(now: MemberState | None, sent: Sent | None, before: PreviousState) -> Op | None:
    """The operation to send, or None."""
    if now and now.sendable:
        if before.is_exact or (now.was_in and before.is_known):
            return "add" if sent is None else "update" if _differs(now, sent) else None
        if now.was_in:
            # The receiver may have the member, with unknown values.
            return None
        return "add"
    if sent:
        return "remove"
    if before.is_exact or now is None or not now.was_in:
        return None
    # A member who may not be sent now was not sent, as far as known.
    return None if now.is_in and before.is_known else "remove"


@dataclass(frozen=True)
class Cause:
    """The cause of a change, its run, and its naive UTC instant."""

    name: str
    run_id: str
    at: datetime


def cause_of(op: Op, now: MemberState | None, sent: Sent | None, since: datetime, last: tuple[str, datetime]) -> Cause:
    """The cause of a change since an instant: from the history, or one of OTHER_CAUSES as of the last run (its id and
    instant) if membership did not change.
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


def is_to_be_noted(now: MemberState | None, sent: Sent | None) -> bool:
    """Whether the remembered state changes, even if nothing is sent."""
    if now and now.sendable:
        return sent is None or _differs(now, sent)
    return sent is not None


def _differs(now: MemberState, sent: Sent) -> bool:
    return dict(now.identifiers) != dict(sent.identifiers) or now.digest != sent.digest
