"""Rules as people say them."""

from segctl.features.predicates import Junction, Predicate, Reference, Test
from segctl.names import digest

WORDS = {"all": " and ", "any": " or ", "none": " or "}


def rule_in_words(predicate: Predicate) -> str:
    """The whole rule on one line."""
    if isinstance(predicate, Test):
        return predicate.words
    if isinstance(predicate, Reference):
        return reference_in_words(predicate)
    return _joined(predicate)


def reference_in_words(reference: Reference) -> str:
    """What is referred to, by its name."""
    return f"in segment {reference.name}" if reference.kind == "segment" else reference.name


def rule_as_name(predicate: Predicate) -> str:
    """A rule as part of a name: what it refers to, else a digest, beside which its words are to stand."""
    if isinstance(predicate, Reference):
        return f"{'alone' if predicate.alone else predicate.kind}_{predicate.name}"
    return digest(repr(predicate.canonical), 6)


def _joined(junction: Junction) -> str:
    told = [rule_in_words(part) for part in junction.parts]
    bracketed = [
        f"({text})" if isinstance(part, Junction) and len(part.parts) > 1 and part.kind != "none" else text
        for part, text in zip(junction.parts, told, strict=True)
    ]
    joined = WORDS[junction.kind].join(bracketed)
    return f"not ({joined})" if junction.kind == "none" else joined
