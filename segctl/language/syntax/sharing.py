"""Shares and uses of segments."""

from dataclasses import dataclass

from segctl.errors import Mark
from segctl.language.syntax.values import Scalar

EXPOSURE_TYPES = ("application", "dashboard", "notebook", "analysis", "ml")
EXPOSURE_DETAILS = ("type", "owner", "url", "description")


@dataclass(frozen=True)
class Share:
    """A view of a segment's members for others: its name, attributes and metrics, and the roles that may read it.

    `grants` is None if no roles are given. `eligible_only` is the place of that key, or None.
    """

    name: str
    columns: tuple[Scalar, ...]
    grants: tuple[str, ...] | None
    mark: Mark
    eligible_only: Mark | None = None


@dataclass(frozen=True)
class Exposure:
    """A use of a segment, rendered as a dbt exposure. A detail given elsewhere is empty here."""

    name: str
    mark: Mark
    type: str = ""
    owner: str = ""
    url: str = ""
    description: str = ""
