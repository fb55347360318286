"""In which layer of a dbt project a table stands: what is meant to be used comes last."""

from enum import IntEnum

from segctl.names import as_name
from segctl.operations.proposal.relations import Relation
from segctl.operations.proposal.words import listed


class Layer(IntEnum):
    """The later a layer, the more likely its tables are the ones to use."""

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
    """The layer that the beginning of the name tells, else the innermost folder that has the name of one."""
    if relation.kind in ("source", "seed"):
        return Layer.EARLY
    words = [as_name(relation.name).split("_")[0], *(as_name(folder) for folder in reversed(relation.folders))]
    return next((_LAYERS[word] for word in words if word in _LAYERS), Layer.PLAIN)
