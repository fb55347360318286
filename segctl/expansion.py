"""How large rules become with all that they refer to: known before one is resolved, at no more cost than their text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from segctl.errors import Mark, Report
from segctl.rules.rule import Body as RuleBody
from segctl.rules.segment import Body as SegmentBody
from segctl.spec import Catalog, DefinitionFile, Leaf, Rule, Segment

# Conditions that a rule comes to, and rules that stand within each other.
LARGEST = 10_000
DEEPEST = 100

Node = tuple[str, str]


@dataclass
class _Text:
    """A rule as written: its conditions, how deep they stand, and what it refers to, each with its depth there."""

    mark: Mark
    size: int = 0
    depth: int = 0
    references: list[tuple[Node, int]] = field(default_factory=list)


def refuse_large_rules(catalog: Catalog, files: Sequence[DefinitionFile], report: Report) -> set[str]:
    """Records a problem for each segment and catalogued rule that becomes too large or too deep by what it refers to.

    Returns the names of these and of all that refer to them: those of segments, and `rule <name>` for catalogued rules.
    """
    texts = _texts(catalog, files)
    extents = _extents(texts)
    too_large = {node for node, (size, depth) in extents.items() if size > LARGEST or depth > DEEPEST}
    for node in sorted(too_large):
        text = texts[node]
        if not any(other in too_large for other, _ in text.references):
            _refuse(node, text.mark, extents[node], report)
    return {f"rule {name}" if kind == "rule" else name for kind, name in too_large}


def _refuse(node: Node, mark: Mark, extent: tuple[int, int], report: Report) -> None:
    kind, name = node
    what = f"rule {name}" if kind == "rule" else f"segment {name}"
    if extent[0] > LARGEST:
        message = f"{what} comes to more than {LARGEST:,} conditions with all that it refers to"
    else:
        message = f"{what} stands on more than {DEEPEST} rules, one within the other"
    report.add(
        mark, "too-large", message, "refer to each segment once, or write a rule that says the same in fewer steps"
    )


def _texts(catalog: Catalog, files: Sequence[DefinitionFile]) -> dict[Node, _Text]:
    """What is written, by node: `alone` is a segment's rule, `whole` the same with what its group adds, and memory."""
    segments = [segment for file in files for segment in file.segments]
    groups: dict[str, list[Segment]] = {}
    for segment in segments:
        if segment.group and segment.enabled:
            groups.setdefault(segment.group.text, []).append(segment)
    texts: dict[Node, _Text] = {}
    for name, rule in catalog.rules.items():
        texts["rule", name] = _read(_Text(rule.mark), [(rule, 1)])
    for segment in segments:
        alone = _read(_Text(segment.mark), [(segment.rule, 1)] if segment.rule else [])
        if segment.extends:
            alone.references.append((("whole", segment.extends.text), 1))
        keep = segment.memory.keep_while if segment.memory else None
        whole = _read(_Text(segment.mark), [(keep, 1)] if keep else [])
        whole.references.append((("alone", segment.name), 0))
        for other in groups.get(segment.group.text, []) if segment.group else []:
            if other.priority < segment.priority:
                whole.references.append((("whole" if other.limit else "alone", other.name), 2))
        texts["alone", segment.name], texts["whole", segment.name] = alone, whole
    return texts


def _read(text: _Text, waiting: list[tuple[Rule, int]]) -> _Text:
    while waiting:
        rule, depth = waiting.pop()
        text.depth = max(text.depth, depth)
        if not isinstance(rule, Leaf):
            waiting += [(part, depth + 1) for part in rule.rules]
            continue
        text.size += 1
        waiting += [(part, depth + 1) for part in rule.nested.values()]
        if isinstance(rule.body, SegmentBody):
            text.references.append((("whole", rule.body.name.text), depth))
        elif isinstance(rule.body, RuleBody):
            text.references.append((("rule", rule.body.name.text), depth))
    return text


def _extents(texts: dict[Node, _Text]) -> dict[Node, tuple[int, int]]:
    """Conditions and depth of each with all that it refers to, as far as the limits; circles are left to others."""
    found: dict[Node, tuple[int, int]] = {}
    begun: set[Node] = set()
    for first in texts:
        waiting = [first]
        while waiting:
            node = waiting[-1]
            missing = [] if node in begun else list(_unknown(texts[node], texts, found, begun))
            begun.add(node)
            if missing:
                waiting += missing
                continue
            waiting.pop()
            if node not in found:
                found[node] = _extent(texts[node], found)
    return found


def _unknown(
    text: _Text, texts: dict[Node, _Text], found: dict[Node, tuple[int, int]], begun: set[Node]
) -> Iterator[Node]:
    return (other for other, _ in text.references if other in texts and other not in found and other not in begun)


def _extent(text: _Text, found: dict[Node, tuple[int, int]]) -> tuple[int, int]:
    size, depth = text.size, text.depth
    for other, place in text.references:
        theirs = found.get(other, (0, 0))
        size, depth = size + theirs[0], max(depth, place + theirs[1])
    return min(size, LARGEST + 1), min(depth, DEEPEST + 1)
