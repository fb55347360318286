"""An operation that brings a receiver of members up to date."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from segctl.operations.exports.values import Value

# That somebody may be contacted now, or may not; that an identifier or another value is not what was sent; that they
# have been erased, or that no table of ours has them any more.
OTHER_CAUSES = ("eligible", "not_eligible", "changed", "erased", "gone")


@dataclass(frozen=True)
class Change:
    """A member who is to be added to a segment, updated in it, or removed from it.

    `key` is that of the entity, as a text. `identifiers` are those of the catalog, by name, as they are sent (hashed
    where that was asked for; empty texts are left out); a removal bears them as they were last sent. `cause` is that
    of the stay (`activity`, `time`, …), or one of OTHER_CAUSES where membership is not what has changed. `run_id` is
    the run that it is known by, `changed_at` the naive UTC instant from which it holds. `columns` are other values that
    were asked for, by name; a removal has none.
    """

    op: Literal["add", "update", "remove"]
    segment: str
    key: str
    identifiers: Mapping[str, str]
    cause: str
    run_id: str
    changed_at: datetime
    columns: Mapping[str, Value] = field(default_factory=dict)
