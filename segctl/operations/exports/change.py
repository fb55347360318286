"""The operations that update a receiver of members."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from segctl.operations.exports.values import Value

# Causes other than joins and leaves: consent given or withdrawn, a changed identifier or value, an erasure, or a
# member that is no longer in any table.
OTHER_CAUSES = ("eligible", "not_eligible", "changed", "erased", "gone")


@dataclass(frozen=True)
class Change:
    """A member to add to a segment, update in it, or remove from it.

    `key` is the entity's key as text. `identifiers` are those of the catalog by name, as sent: hashed if requested,
    without empty texts, and for a removal as last sent. `cause` is that of the stay (`activity`, `time`, …), or one of
    OTHER_CAUSES if membership did not change. `run_id` is the run with the change, `changed_at` its naive UTC instant.
    `columns` are further requested values by name. A removal has none.
    """

    op: Literal["add", "update", "remove"]
    segment: str
    key: str
    identifiers: Mapping[str, str]
    cause: str
    run_id: str
    changed_at: datetime
    columns: Mapping[str, Value] = field(default_factory=dict)
