"""Definitions of segments."""

from dataclasses import dataclass, field

from segctl.errors import Mark
from segctl.language.literals import Duration
from segctl.language.syntax.rules import Leaf, Rule
from segctl.language.syntax.sharing import Exposure, Share
from segctl.language.syntax.values import Guard, Scalar


@dataclass(frozen=True)
class Memory:
    """What overrides the rule: lets members stay, or keeps them from coming back. None if not set."""

    keep_while: Rule | None = None
    min_stay: Duration | None = None
    cool_down: Duration | None = None


@dataclass(frozen=True)
class Segment:
    """One definition as written.

    `rule` is None if `extends` is enough. `limit` is a leaf of type rank. `priority` orders segments within `group`.
    `formerly` is its former name.
    """

    name: str
    rule: Rule | None
    mark: Mark
    label: str = ""
    description: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    enabled: bool = True
    extends: Scalar | None = None
    group: Scalar | None = None
    priority: int = 0
    limit: Leaf | None = None
    memory: Memory | None = None
    guard: Guard | None = None
    formerly: Scalar | None = None
    share: Share | None = None
    used_by: tuple[Exposure, ...] = ()


@dataclass(frozen=True)
class DefinitionFile:
    """One file of segments. `stem` names the rendered model, `entity` is the entity of its segments."""

    path: str
    stem: str
    entity: Scalar | None = None
    segments: tuple[Segment, ...] = field(default_factory=tuple)
