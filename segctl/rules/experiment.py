"""`experiment`: takes part in an experiment of the catalog, optionally in one of its variants."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from segctl.features import Computed, Predicate, Test
from segctl.features.scope import Scope
from segctl.language.amounts import HUNDRED
from segctl.language.names import fitted
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import Experiment, Leaf, Scalar
from segctl.rules.holdout import HOLDOUT_SALT
from segctl.rules.sample import points_between
from segctl.schema.parts import SCALAR, Schema, closed, named
from segctl.speech import Clause, Speech

KEYS = ("variant",)
NESTED: tuple[str, ...] = ()
DESCRIPTIONS = {
    "experiment": "Takes part in this experiment of the catalog.",
    "variant": "Has this variant of it.",
}
SYNONYMS = {
    **dict.fromkeys(("variant", "ab_test", "test"), "experiment"),
}


@dataclass(frozen=True)
class Body:
    """The experiment, and the variant if given."""

    experiment: Scalar
    variant: Scalar | None


def parse(head: Entry, entries: Mapping[str, Entry], reader: Reader) -> Body | None:
    """Reads the leaf."""
    name = reader.scalar(head.value, "experiment")
    variant = reader.scalar(entries["variant"].value, "variant") if "variant" in entries else None
    return Body(name, variant) if name and (variant or "variant" not in entries) else None


def schemas() -> list[Schema]:
    """The form of the leaf."""
    variant = {**SCALAR, "description": DESCRIPTIONS["variant"]}
    return [closed({"experiment": named(DESCRIPTIONS["experiment"]), "variant": variant}, ["experiment"])]


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """A test of the customer's hash points. None after a problem."""
    body = leaf.body
    assert isinstance(body, Body)
    if not scope.of_customers(body.experiment, "an experiment"):
        return None
    known = scope.catalog.experiments
    experiment = known.get(body.experiment.text)
    if experiment is None:
        scope.report.unknown(body.experiment.text, body.experiment.mark, "experiment", list(known))
        return None
    variant = body.variant.text if body.variant else ""
    if body.variant and variant not in experiment.variants:
        of = f" of experiment {experiment.name}"
        scope.report.unknown(variant, body.variant.mark, "variant", list(experiment.variants), of)
        return None
    feature = _takes_part(experiment, variant, scope.catalog.holdout)
    words = f"variant {variant} of experiment {experiment.name}" if variant else f"in experiment {experiment.name}"
    return Test(feature, (), words, leaf.mark)


def _takes_part(experiment: Experiment, variant: str, holdout: Decimal | None) -> Computed:
    bounds = [Decimal(0), HUNDRED]
    if variant:
        before = sum((share for name, share in experiment.variants.items() if name < variant), Decimal(0))
        bounds = [before, before + experiment.variants[variant]]
    ranges: list[tuple[str, Decimal, Decimal]] = [
        (HOLDOUT_SALT, holdout or Decimal(0), HUNDRED),
        (f"experiment:{experiment.name}", Decimal(0), experiment.share),
        (f"variant:{experiment.name}", bounds[0], bounds[1]),
    ]
    conditions = [sql for found in ranges if (sql := points_between(*found)) != "true"]
    which = f", variant {variant}" if variant else ""
    return Computed(
        name=fitted(f"experiment__{experiment.name}" + (f"__{variant}" if variant else "")),
        type="boolean",
        canonical=("points", *((salt, f"{low.normalize():f}", f"{high.normalize():f}") for salt, low, high in ranges)),
        sql=" and ".join(conditions) or "true",
        needs=(),
        description=f"True if the customer takes part in experiment {experiment.name}{which}.",
    )


def say(leaf: Leaf, speech: Speech) -> Clause:  # noqa: ARG001
    """The clause: who take part in …"""
    body = leaf.body
    assert isinstance(body, Body)
    if body.variant is None:
        phrase = f"take part in the experiment {body.experiment.text}"
        return Clause(f"who {phrase}", f"who do not {phrase}")
    phrase = f"in the variant {body.variant.text} of the experiment {body.experiment.text}"
    return Clause(f"who are {phrase}", f"who are not {phrase}")
