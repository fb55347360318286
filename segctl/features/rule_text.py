"""Rules in short words, for names and messages."""

from segctl.features.columns import Canonical
from segctl.features.predicates import Junction, Predicate, Reference, Test
from segctl.features.stepped import Stepped
from segctl.language.names import digest

WORDS = {"all": " and ", "any": " or ", "none": " or "}


def rule_in_words(predicate: Predicate) -> str:
    """The whole rule on one line."""
    if isinstance(predicate, Test):
        return predicate.text
    if isinstance(predicate, Reference):
        return reference_in_words(predicate)
    return _joined(predicate)


def reference_in_words(reference: Reference) -> str:
    """A reference by its name."""
    return f"in segment {reference.name}" if reference.kind == "segment" else reference.name


def rule_as_name(predicate: Predicate) -> str:
    """A rule as part of a name: the name it refers to, or else a digest, shown next to the rule's words."""
    if isinstance(predicate, Reference):
        return f"{'alone' if predicate.alone else predicate.kind}_{predicate.name}"
    return digest(repr(as_written(predicate)), 6)


def as_written(predicate: Predicate) -> Canonical:
    """The meaning of a rule, with references by name only, so that an edit there is no edit here."""
    return _as_written(predicate) if _refers(predicate) else predicate.canonical


def _refers(predicate: Predicate) -> bool:
    if isinstance(predicate, Test):
        populations = predicate.feature.inputs.populations if isinstance(predicate.feature, Stepped) else ()
        return any(population.among is not None and _refers(population.among) for population in populations)
    return isinstance(predicate, Reference) or any(map(_refers, predicate.parts))


def _as_written(predicate: Predicate) -> Canonical:
    if isinstance(predicate, Reference):
        return ("alone" if predicate.alone else predicate.kind, predicate.name)
    if isinstance(predicate, Test):
        return (predicate.feature.name, tuple(sorted(criterion.canonical for criterion in predicate.criteria)))
    return (predicate.kind, tuple(sorted(map(_as_written, predicate.parts), key=repr)))


def _joined(junction: Junction) -> str:
    texts = [rule_in_words(part) for part in junction.parts]
    bracketed = [
        f"({text})" if isinstance(part, Junction) and len(part.parts) > 1 and part.kind != "none" else text
        for part, text in zip(junction.parts, texts, strict=True)
    ]
    joined = WORDS[junction.kind].join(bracketed)
    return f"not ({joined})" if junction.kind == "none" else joined
