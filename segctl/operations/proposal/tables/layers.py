"""Finds the layer of a table in a dbt project. Later layers are closer to use."""

from enum import IntEnum

from segctl.language.names import as_name
from segctl.operations.proposal.tables.names import listed
from segctl.operations.proposal.tables.relations import Relation


class Layer(IntEnum):
    """The layers of a dbt project. Tables of later ones are more likely the right ones."""

    EARLY = 0
    STAGING = 1
    PLAIN = 2
    MART = 3


_CALLED = {
    Layer.EARLY: listed("raw src source sources base bronze int intermediate prep landing"),
    Layer.STAGING: listed("stg stage staging silver cleaned"),
    Layer.MART: listed(
        "dim dims dimension dimensions fct fact facts mart marts gold final core presentation reporting rpt output"
    ),
}
_LAYERS = {word: layer for layer, words in _CALLED.items() for word in words}


def layer(relation: Relation) -> Layer:
    """The layer by the prefix of the name, or by the innermost folder named after a layer."""
    if relation.kind in ("source", "seed"):
        return Layer.EARLY
    words = [as_name(relation.name).split("_")[0], *(as_name(folder) for folder in reversed(relation.folders))]
    return next((_LAYERS[word] for word in words if word in _LAYERS), Layer.PLAIN)
