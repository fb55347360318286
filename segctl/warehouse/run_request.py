"""The request for a run, and its result."""

from dataclasses import dataclass
from datetime import datetime

AS_OF_VARIABLE = "SEGCTL_AS_OF"
FUTURE_VARIABLE = "SEGCTL_ALLOW_FUTURE"
ALLOW_VARIABLE = "SEGCTL_ALLOW"
COMMIT_VARIABLE = "SEGCTL_GIT_COMMIT"
WITHOUT_VARIABLE = "SEGCTL_WITHOUT"
HELD_VARIABLE = "SEGCTL_HELD"
EVERYBODY_VARIABLE = "SEGCTL_EVERYBODY"
UNTESTED_VARIABLE = "SEGCTL_UNTESTED"
LOCK_VARIABLE = "SEGCTL_LOCK"


@dataclass(frozen=True)
class FinishedNode:
    """A finished node of a run: `number` of `total`, its kind, name and file, and its status."""

    number: int
    total: int
    kind: str
    name: str
    path: str
    status: str


@dataclass(frozen=True)
class RunRequest:
    """The request for a run: as of a naive UTC instant (None: now), at a commit of the definitions.

    The caller checks whether the instant may be in the future.

    `allow` names segments and sources whose guards are ignored. `without` are segments to skip. `held` segments are
    held back unconditionally, each with a guard. `everybody` evaluates unchanged customers too. `untested` means that
    earlier runs skipped their tests.
    """

    as_of: datetime | None = None
    allow: tuple[str, ...] = ()
    commit: str = ""
    without: tuple[str, ...] = ()
    held: tuple[tuple[str, str], ...] = ()
    everybody: bool = False
    untested: bool = False

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables for the macros."""
        values = {
            AS_OF_VARIABLE: f"{self.as_of.isoformat()}Z" if self.as_of else "",
            FUTURE_VARIABLE: "true" if self.as_of else "",
            ALLOW_VARIABLE: ",".join(self.allow),
            COMMIT_VARIABLE: self.commit,
            WITHOUT_VARIABLE: ",".join(self.without),
            HELD_VARIABLE: ",".join(f"{segment}:{guard}" for segment, guard in self.held),
            EVERYBODY_VARIABLE: "true" if self.everybody else "",
            UNTESTED_VARIABLE: "true" if self.untested else "",
        }
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class BuildOutcome:
    """The result of a run: dbt's warnings, and whether a guard held a segment back."""

    warnings: list[str]
    held_back: bool
