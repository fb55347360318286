"""What others get of segments, and what uses them."""

from dataclasses import dataclass

from segctl.errors import Mark
from segctl.spec.values import Scalar

EXPOSURE_TYPES = ("application", "dashboard", "notebook", "analysis", "ml")
EXPOSURE_DETAILS = ("type", "owner", "url", "description")


@dataclass(frozen=True)
class Share:
    """A view of a segment's members for others: its name, attributes and metrics, and the roles that may read it.

    `grants` is None where nothing is said of roles. `eligible_only` is where it says that it has only those who may be
    contacted; None where it does not.
    """

    name: str
    columns: tuple[Scalar, ...]
    grants: tuple[str, ...] | None
    mark: Mark
    eligible_only: Mark | None = None


@dataclass(frozen=True)
class Exposure:
    """What reads a segment, as dbt knows it; a detail that is said elsewhere is empty here."""

    name: str
    mark: Mark
    type: str = ""
    owner: str = ""
    url: str = ""
    description: str = ""
