"""The features that segments and shares need, by kind and by name."""

from collections.abc import Iterable
from typing import TypedDict, TypeVar

from segctl.check.definitions import Checked
from segctl.errors import Mark, Problem, ProblemsFound
from segctl.features import Aggregate, AttributeValue, Feature, Stepped, closure, entities_of
from segctl.language.syntax import Catalog
from segctl.plan.planned import PlannedFile

F = TypeVar("F", bound=Feature)


class Kinds(TypedDict):
    """Features by kind, as a plan holds them."""

    attributes: tuple[AttributeValue, ...]
    aggregates: tuple[Aggregate, ...]
    stepped: tuple[Stepped, ...]
    layers: tuple[tuple[int, tuple[Feature, ...]], ...]


def by_kind(wanted: set[Feature]) -> Kinds:
    """The features by kind, each kind in the order of names."""
    layers = sorted({feature.layer for feature in wanted} - {0})
    return {
        "attributes": by_name(feature for feature in wanted if isinstance(feature, AttributeValue)),
        "aggregates": by_name(feature for feature in wanted if isinstance(feature, Aggregate)),
        "stepped": by_name(feature for feature in wanted if isinstance(feature, Stepped) and feature.layer == 0),
        "layers": tuple(
            (number, by_name(feature for feature in wanted if feature.layer == number)) for number in layers
        ),
    }


def belonging_keys(wanted: set[Feature], catalog: Catalog) -> set[AttributeValue]:
    """The keys of entities that customers belong to, if a rule needs them. They show whose entity changed."""
    return {
        AttributeValue(
            f"{name}__key",
            catalog.entities[name].customers.lower(),
            "string",
            name,
            description=f"The key of the {name} that the customer belongs to.",
        )
        for name in entities_of(wanted)
    }


def features_of_segments(files: tuple[PlannedFile, ...], entity: str) -> list[tuple[Mark, Feature]]:
    """The features of an entity's segments, with the place of each segment."""
    mine = [file for file in files if file.entity == entity]
    return [
        (planned.segment.mark, feature) for file in mine for planned in file.enabled for feature in planned.features
    ]


def features_of_shares(checked: Checked, entity: str) -> list[tuple[Mark, Feature]]:
    """The features of an entity's shares, with the place of each. A disabled segment changes no table."""
    sharing = checked.sharing
    shares = (*sharing.shares, *([sharing.people] if sharing.people else []))
    return [(share.mark, feature) for share in shares if share.entity == entity for feature in share.features]


def refuse_duplicates(needed: list[tuple[Mark, Feature]], wanted: set[Feature]) -> None:
    """Raises ProblemsFound for equal names.

    Names come from fields, values and windows, so different features may collide.
    """
    first: dict[str, Feature] = {}
    ordered = sorted(wanted, key=lambda feature: (feature.name, repr(feature.canonical)))
    clashing = {feature for feature in ordered if first.setdefault(feature.name, feature) != feature}
    problems = [
        Problem(
            mark, "name-clash", f"column {duplicate.name} would mean two things", "rename a field, an event or a metric"
        )
        for mark, feature in needed
        for duplicate in closure([feature]) & clashing
    ]
    if problems:
        raise ProblemsFound(problems)


def by_name(features: Iterable[F]) -> tuple[F, ...]:
    """The features in the order of their names."""
    return tuple(sorted(features, key=lambda feature: feature.name))
