"""Limits on the depth and size of rules, checked before resolving, in time linear in their text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from segctl.errors import Mark, Report
from segctl.features import LARGEST
from segctl.language.named_leaf import name_of
from segctl.language.syntax import Catalog, DefinitionFile, Leaf, Rule, Segment

# Rules may nest this deep.
DEEPEST = 100
# The name of the rule of `eligible`. Names of segments and rules contain no blanks.
ELIGIBLE_RULE = "the rule of eligible"

Node = tuple[str, str]


@dataclass
class _Text:
    """A rule as written: its conditions, their depth, and its references with their depth.

    `inline` means that the rule is written out in the SQL of a feature, which others refer to by name.
    """

    owner: str
    what: str
    mark: Mark
    inline: bool = False
    size: int = 0
    depth: int = 0
    references: list[tuple[Node, int]] = field(default_factory=list)


def refuse_large_rules(catalog: Catalog, files: Sequence[DefinitionFile], report: Report) -> set[str]:
    """Records a problem for each rule that is too deep with its references, or too large to be inlined.

    Returns what cannot be resolved therefore: names of segments, `rule <name>` for catalogued rules, and ELIGIBLE.
    """
    texts = _texts(catalog, files)
    extents = _extents(texts)
    refused = {node for node, extent in extents.items() if _fault(texts[node], extent)}
    for node in sorted(refused):
        text = texts[node]
        if not any(other in refused for other, _ in text.references):
            hint = "refer to each segment once, or write a rule that says the same in fewer steps"
            report.add(text.mark, "too-large", f"{text.what} {_fault(text, extents[node])}", hint)
    return {texts[node].owner for node in refused}


def _fault(text: _Text, extent: tuple[int, int]) -> str:
    """The problem with an extent, or the empty string."""
    size, depth = extent
    if text.inline and size > LARGEST:
        whole = f"comes to more than {LARGEST:,} conditions with everything that it refers to"
        return f"{whole}, and is written out in a feature"
    return f"nests more than {DEEPEST} rules" if depth > DEEPEST else ""


def _texts(catalog: Catalog, files: Sequence[DefinitionFile]) -> dict[Node, _Text]:
    """The written rules by node: `alone` is a segment's rule, `whole` adds its group and limit."""
    segments = [segment for file in files for segment in file.segments]
    groups: dict[str, list[Segment]] = {}
    for segment in segments:
        if segment.group and segment.enabled:
            groups.setdefault(segment.group.text, []).append(segment)
    texts: dict[Node, _Text] = {}
    for name, rule in catalog.rules.items():
        texts["rule", name] = _read(_Text(f"rule {name}", f"rule {name}", rule.mark), rule, texts)
    eligible = catalog.customer.eligible
    if eligible:
        texts["eligible", ""] = _read(_Text(ELIGIBLE_RULE, "eligible", eligible.mark, inline=True), eligible, texts)
    for segment in segments:
        name, what = segment.name, f"segment {segment.name}"
        alone = _read(_Text(name, what, segment.mark), segment.rule, texts)
        if segment.extends:
            alone.references.append((("whole", segment.extends.text), 1))
        whole = _Text(name, what, segment.mark, inline=segment.limit is not None)
        whole.references.append((("alone", name), 0))
        for other in groups.get(segment.group.text, []) if segment.group else []:
            if other.priority < segment.priority:
                whole.references.append((("whole" if other.limit else "alone", other.name), 2))
        texts["alone", name], texts["whole", name] = alone, whole
        if segment.memory and segment.memory.keep_while:
            kept = _Text(name, f"keep_while of {what}", segment.memory.keep_while.mark)
            texts["keep_while", name] = _read(kept, segment.memory.keep_while, texts)
    return texts


def _read(text: _Text, rule: Rule | None, texts: dict[Node, _Text]) -> _Text:
    """Reads a rule into its text. Rules inside features become texts of their own."""
    waiting = [(rule, 1)] if rule else []
    while waiting:
        part, depth = waiting.pop()
        text.depth = max(text.depth, depth)
        if not isinstance(part, Leaf):
            waiting += [(inner, depth + 1) for inner in part.rules]
            continue
        text.size += 1
        for key, inner in part.nested.items():
            node = ("nested", str(len(texts)))
            texts[node] = _Text(text.owner, f"{key} in {text.what}", inner.mark, inline=True)
            _read(texts[node], inner, texts)
            text.references.append((node, depth))
        if part.kind == "segment":
            text.references.append((("whole", name_of(part).text), depth))
        elif part.kind == "rule":
            text.references.append((("rule", name_of(part).text), depth))
    return text


def _extents(texts: dict[Node, _Text]) -> dict[Node, tuple[int, int]]:
    """Conditions and depth of each rule including references, up to the limits. Cycles are checked elsewhere."""
    extents: dict[Node, tuple[int, int]] = {}
    begun: set[Node] = set()
    for first in texts:
        waiting = [first]
        while waiting:
            node = waiting[-1]
            missing = [] if node in begun else list(_unknown(texts[node], texts, extents, begun))
            begun.add(node)
            if missing:
                waiting += missing
                continue
            waiting.pop()
            if node not in extents:
                extents[node] = _extent(texts[node], texts, extents)
    return extents


def _unknown(
    text: _Text, texts: dict[Node, _Text], extents: dict[Node, tuple[int, int]], begun: set[Node]
) -> Iterator[Node]:
    return (other for other, _ in text.references if other in texts and other not in extents and other not in begun)


def _extent(text: _Text, texts: dict[Node, _Text], extents: dict[Node, tuple[int, int]]) -> tuple[int, int]:
    """The extent of one rule. References to an inlined rule add only depth: they use its feature's column."""
    size, depth = text.size, text.depth
    for other, place in text.references:
        theirs = extents.get(other, (0, 0))
        size += 0 if other not in texts or texts[other].inline else theirs[0]
        depth = max(depth, place + theirs[1])
    return min(size, LARGEST + 1), min(depth, DEEPEST + 1)
