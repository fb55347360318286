"""Changes as bytes: requests whose id stays the same on a retry, and lines."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from segctl.operations.exports.change import Change

# Event types in the style of the Standard Webhooks specification.
MEMBERS = "segment.members"
CHANGES = "segment.changes"
ERASURES = "segment.erasures"


@dataclass(frozen=True)
class Part:
    """A part of a delivery: all changes of a run, all members as of a run, or members about to be erased.

    `at` is the run's naive UTC instant. `total` is the number of changes, `removes` the number of removals among them.
    """

    delivery: str
    kind: str
    run_id: str
    at: datetime
    total: int
    removes: int

    @property
    def name(self) -> str:
        """The part's name, the same on every attempt."""
        return _named(f"{self.delivery} {self.kind} {self.run_id}".encode())


@dataclass(frozen=True)
class Message:
    """A request: its id, derived from its content, and its body."""

    name: str
    body: bytes
    changes: int


def messages(part: Part, changes: Iterable[Change], entities: Mapping[str, str], most: int) -> Iterator[Message]:
    """The changes of a part as JSON requests, each with at most `most` changes."""
    rest = iter(changes)
    batches = -(-part.total // most)
    for number in range(1, batches + 1):
        batch = list(islice(rest, most))
        data = {
            "delivery": part.delivery,
            "run_id": part.run_id,
            "batch": number,
            "batches": batches,
            "changes": [as_data(change, entities) for change in batch],
        }
        document = {"type": part.kind, "timestamp": _instant(part.at), "data": data}
        body = _json(document).encode()
        yield Message(_named(body), body, len(batch))


def lines(changes: Iterable[Change], entities: Mapping[str, str]) -> Iterator[bytes]:
    """One line of JSON per change."""
    for change in changes:
        yield _json(as_data(change, entities)).encode() + b"\n"


def as_data(change: Change, entities: Mapping[str, str]) -> dict[str, object]:
    """A change as sent."""
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


def _json(document: object) -> str:
    # ASCII: no characters that some readers take for line ends, and the same bytes in every locale.
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"))


def _named(content: bytes) -> str:
    """An id of letters, digits and _. A full stop would make the signed content ambiguous."""
    return f"segctl_{hashlib.sha256(content).hexdigest()[:40]}"


def _instant(instant: datetime) -> str:
    return f"{instant.isoformat()}Z"
