"""What is sent of changes, as bytes: requests with a name that is the same when they are sent again, and lines."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from segctl.operations.exports.change import Change

# The types of events, as the Standard Webhooks specification would have them called.
MEMBERS = "segment.members"
CHANGES = "segment.changes"
ERASURES = "segment.erasures"


@dataclass(frozen=True)
class Part:
    """What belongs together: of a delivery all that changed in a run, all members as of a run, or those who are about
    to be erased; `total` in number.

    `at` is the run's instant (naive UTC); `removes` says how many of the total are removals.
    """

    delivery: str
    kind: str
    run_id: str
    at: datetime
    total: int
    removes: int

    @property
    def name(self) -> str:
        """Its name, the same whenever it is sent."""
        return _named(f"{self.delivery} {self.kind} {self.run_id}".encode())


@dataclass(frozen=True)
class Message:
    """A request: its name, which follows from what it says, and its body."""

    name: str
    body: bytes
    changes: int


def messages(part: Part, changes: Iterable[Change], entities: Mapping[str, str], most: int) -> Iterator[Message]:
    """The changes of a part as JSON, at most so many a request, one request after the other."""
    rest = iter(changes)
    batches = -(-part.total // most)
    for number in range(1, batches + 1):
        found = list(islice(rest, most))
        data = {
            "delivery": part.delivery,
            "run_id": part.run_id,
            "batch": number,
            "batches": batches,
            "changes": [as_data(change, entities) for change in found],
        }
        told = {"type": part.kind, "timestamp": _instant(part.at), "data": data}
        body = _json(told).encode()
        yield Message(_named(body), body, len(found))


def lines(changes: Iterable[Change], entities: Mapping[str, str]) -> Iterator[bytes]:
    """Each change as a line of JSON."""
    for change in changes:
        yield _json(as_data(change, entities)).encode() + b"\n"


def as_data(change: Change, entities: Mapping[str, str]) -> dict[str, object]:
    """A change as it is sent."""
    return {
        "op": change.op,
        "segment": change.segment,
        "entity": entities[change.segment],
        "key": change.key,
        "identifiers": dict(change.identifiers),
        "cause": change.cause,
        "run_id": change.run_id,
        "changed_at": _instant(change.changed_at),
    }


def _json(told: object) -> str:
    # Without characters that end a line for some, and the same bytes whatever the locale.
    return json.dumps(told, ensure_ascii=True, separators=(",", ":"))


def _named(content: bytes) -> str:
    """A name of letters, digits and _: a full stop would let a body pass for another one's."""
    return f"segctl_{hashlib.sha256(content).hexdigest()[:40]}"


def _instant(instant: datetime) -> str:
    return f"{instant.isoformat()}Z"
