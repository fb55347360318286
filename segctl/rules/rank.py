"""`rank`: the customer's place among others."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import yaml

from segctl.conditions.criterion import Criterion, a_type
from segctl.errors import did_you_mean
from segctl.features import Feature, Inputs, Predicate, Stepped, Test, features_of, rule_as_name, rule_in_words
from segctl.features.scope import Scope
from segctl.language.amounts import HUNDRED, SHARE_PATTERN, count_or_share, share, whole_number
from segctl.language.comparators import WINDOW_KEYS, read_comparisons, read_where
from segctl.language.names import digest, fitted
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import CUSTOMER, TIME_TYPES, Comparison, Condition, Leaf, Scalar
from segctl.ranking.places import Places
from segctl.rules.attribute import attribute_value
from segctl.rules.metric import catalogued, narrowed_metric
from segctl.schema.parts import SCALAR, WHOLE_NUMBER, Schema, closed, named, narrowing_keys, reference
from segctl.speech import (
    Clause,
    Speech,
    attribute_of,
    counted,
    either,
    followed_by,
    metric_text,
    nouns,
    share_text,
)

WAYS = ("top", "bottom", "top_share", "tiles")
TILES = 100
# Keys that a limit accepts too.
TILES_EXAMPLE = "for example tiles: 5, in: [4, 5]"
OPEN_KEYS = (*WAYS, "in", "per", "ties", *WINDOW_KEYS, "where")
KEYS = (*OPEN_KEYS, "among")
NESTED = ("among",)
DESCRIPTIONS = {
    "rank": "A customer's place among others, by this metric or attribute.",
    "top": "The highest values: a number of customers, or a share like 20%.",
    "bottom": "The lowest values: a number of customers, or a share like 20%.",
    "top_share": "The fewest customers who together bring this share of the total.",
    "tiles": "The number of groups of equal size, from the lowest values (1) up; in: says which qualify.",
    "in": "Which of the tiles qualify.",
    "among": "Ranks only customers that meet this rule.",
    "per": "Ranks the customers of each value of this attribute by themselves.",
    "ties": "together: treats customers with equal values alike.",
}
SYNONYMS = {
    **dict.fromkeys(("top", "bottom", "tiles", "top_share", "ntile", "percentile", "quantile", "decile"), "rank"),
    **dict.fromkeys(("partition_by", "group_by", "within_each"), "per"),
}


@dataclass(frozen=True)
class Body:
    """The ranking feature and the qualifying places: a number, a share, or some of `count` tiles."""

    by: Scalar
    way: str
    count: int | None
    percent: Decimal | None
    tiles: tuple[int, ...]
    per: Scalar | None
    together: bool
    where: tuple[Condition, ...]
    window: tuple[Comparison, ...]


def parse(head: Entry, entries: Mapping[str, Entry], reader: Reader) -> Body | None:
    """Reads the leaf. It needs exactly one way to qualify."""
    by = reader.scalar(head.value, "rank")
    ways = [key for key in WAYS if key in entries]
    if len(ways) != 1:
        found = " and ".join(ways) or "none"
        message = f"rank takes exactly one of {', '.join(WAYS)}, found {found}"
        mark = entries[ways[1]].key.mark if ways else head.key.mark
        reader.problem(mark, "rank-way", message, "for example top: 20%, or tiles: 5 with in: [4, 5]")
    way = ways[0] if ways else WAYS[0]
    # After a problem, a stand-in lets the rest be checked.
    amount = (_amount(entries[way], reader) if ways else None) or (1, HUNDRED if way == "top_share" else None)
    tiles = _tiles(entries, reader) or ()
    per = reader.scalar(entries["per"].value, "per") if "per" in entries else None
    together = _together(entries, way, reader)
    where = read_where(entries["where"].value, reader) if "where" in entries else ()
    window = read_comparisons(entries, reader, WINDOW_KEYS)
    return Body(by, way, *amount, tiles, per, together, where, window) if by else None


def _amount(entry: Entry, reader: Reader) -> tuple[int | None, Decimal | None] | None:
    if entry.key.text == "tiles":
        count = whole_number(entry, reader, 2, TILES)
        return (count, None) if count else None
    if entry.key.text == "top_share":
        percent = share(entry, reader)
        return (None, percent) if percent else None
    return count_or_share(entry, reader)


def _tiles(entries: Mapping[str, Entry], reader: Reader) -> tuple[int, ...] | None:
    """The qualifying tiles. Empty for other ways, None after a problem."""
    if ("in" in entries) != ("tiles" in entries):
        key = "in" if "in" in entries else "tiles"
        message = "in needs tiles: it names" if key == "in" else "tiles needs in: it names"
        if key == "tiles" or any(way in entries for way in WAYS):
            reader.problem(entries[key].key.mark, "rank-way", f"{message} those that qualify", TILES_EXAMPLE)
        return None
    if "in" not in entries:
        return ()
    node, of = entries["in"].value, entries["tiles"].value
    if isinstance(node, yaml.MappingNode):
        reader.problem(node, "wrong-shape", "in must be a list of tiles, found a mapping", "for example in: [4, 5]")
        return None
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    # A broken number of tiles was reported already.
    known = isinstance(of, yaml.ScalarNode) and of.value.isdecimal() and 1 < int(of.value) < TILES
    most = int(of.value) if known else TILES
    read = [whole_number(Entry(entries["in"].key, item), reader, 1, most) for item in nodes]
    if not nodes:
        reader.problem(node, "empty-list", "in must list at least one tile", "for example in: [4, 5]")
    good = tuple(sorted({tile for tile in read if tile}))
    return good if nodes and None not in read else None


def _together(entries: Mapping[str, Entry], way: str, reader: Reader) -> bool:
    if "ties" not in entries:
        return False
    scalar = reader.scalar(entries["ties"].value, "ties")
    if scalar and scalar.text != "together":
        message = f'ties takes only together, found "{scalar.text}"'
        reader.problem(scalar.mark, "wrong-type", message, "remove it to break ties by key")
    if way == "top_share":
        reader.problem(entries["ties"].key.mark, "conflicting-keys", "top_share takes no ties", "remove it")
    return scalar is not None and scalar.text == "together"


def schemas() -> list[Schema]:
    """The forms of the leaf."""
    return forms(
        closed({"rank": named(DESCRIPTIONS["rank"])}, ["rank"]),
        {"among": {**reference("rule"), "description": DESCRIPTIONS["among"]}},
    )


def forms(head: Schema, more: Schema) -> list[Schema]:
    """The schemas of a ranking. `head` is a schema common to all, `more` are further keys."""
    percent: Schema = {"type": "string", "pattern": SHARE_PATTERN}
    common = {**head["properties"], **narrowing_keys(), "per": {**SCALAR, "description": DESCRIPTIONS["per"]}, **more}
    ties: Schema = {"ties": {"const": "together", "description": DESCRIPTIONS["ties"]}}
    tile = {**WHOLE_NUMBER, "maximum": TILES}
    listed = {"type": "array", "items": tile, "minItems": 1}
    several: Schema = {"anyOf": [listed, tile], "description": DESCRIPTIONS["in"]}
    found = []
    for way in ("top", "bottom"):
        amount = {"anyOf": [WHOLE_NUMBER, percent], "description": DESCRIPTIONS[way]}
        found.append(closed({**common, **ties, way: amount}, [*head["required"], way]))
    part = {**percent, "description": DESCRIPTIONS["top_share"]}
    found.append(closed({**common, "top_share": part}, [*head["required"], "top_share"]))
    tiles = {**WHOLE_NUMBER, "minimum": 2, "maximum": TILES, "description": DESCRIPTIONS["tiles"]}
    found.append(closed({**common, **ties, "tiles": tiles, "in": several}, [*head["required"], "tiles", "in"]))
    return found


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """A test of the place. None after a problem."""
    among = scope.resolve(leaf.nested["among"], scope) if "among" in leaf.nested else None
    placed = place(leaf, among, scope)
    return None if "among" in leaf.nested and among is None else placed


def place(leaf: Leaf, among: Predicate | None, scope: Scope) -> Predicate | None:
    """A test of the place among customers who match `among`. None after a problem."""
    body = leaf.body
    assert isinstance(body, Body)
    by = _ranked_by(body, scope)
    per = attribute_value(body.per, scope) if body.per else None
    if per and per.type == "strings":
        assert body.per is not None
        attributes = scope.about.attributes.values()
        hint = f"attributes that fit: {', '.join(c.name for c in attributes if c.type != 'strings') or 'none'}"
        scope.report.add(
            body.per.mark, "field-type", f"per needs a single value, but {per.name} is a list of texts", hint
        )
        return None
    if by is None or (body.per and per is None):
        return None
    if by.type not in ("number", *TIME_TYPES) or (body.way == "top_share" and by.type != "number"):
        wanted = "a number" if body.way == "top_share" else "a number or a time"
        message = f"{body.way} ranks by {wanted}, but {by.name} is {a_type(by.type)}"
        scope.report.add(body.by.mark, "field-type", message, _fitting(body, scope))
        return None
    places = Places(by, per, among, body.way, body.count, body.percent, body.together)
    feature = _feature(places, scope)
    words = f"{by.name} {_place_text(body)}" + (f" of their {per.name}" if per else "")
    words += ", equals alike" if body.together else ""
    words += f" among those with {rule_in_words(among)}" if among else ""
    size = among.size if among else 1
    if body.way != "tiles":
        return Test(feature, (), words, leaf.mark, size)
    tiles = Criterion("in", tuple(Decimal(tile) for tile in body.tiles), "number", scope.timezone)
    return Test(feature, (tiles,), words, leaf.mark, size)


def _fitting(body: Body, scope: Scope) -> str:
    """A hint with the features that can be ranked by."""
    kinds = ("number",) if body.way == "top_share" else ("number", *TIME_TYPES)
    types: dict[str, str] = {name: column.type for name, column in scope.about.attributes.items()}
    types |= {name: metric.type for name, metric in scope.metrics.items()}
    fitting = sorted(name for name, kind in types.items() if kind in kinds)
    return f"these fit: {', '.join(fitting[:12]) or 'none'}"


def _ranked_by(body: Body, scope: Scope) -> Feature | None:
    if not scope.of_customers(body.by, "a ranking"):
        return None
    if body.by.text in scope.catalog.metrics:
        metric = catalogued(body.by, scope)
        return metric and narrowed_metric(body.by, body.where, body.window, scope)
    if body.by.text not in scope.about.attributes:
        known = [*scope.catalog.metrics, *scope.about.attributes]
        if body.by.text not in scope.report.broken:
            hint = did_you_mean(body.by.text, known, "metrics and attributes")
            message = f'unknown metric or attribute "{body.by.text}"'
            scope.report.add(body.by.mark, "unknown-metric", message, hint)
        return None
    if body.where or body.window:
        mark = body.window[0].mark if body.window else body.where[0].field.mark
        message = f"{body.by.text} is an attribute: there are no events to narrow"
        scope.report.add(mark, "window-place", message, "remove it, or rank by a metric")
        return None
    return attribute_value(body.by, scope)


def _feature(places: Places, scope: Scope) -> Stepped:
    needs = (places.by, *((places.per,) if places.per else ()))
    needs += features_of(places.among) if places.among else ()
    name = f"{places.by.name}__{places.short}" + (f"__per_{places.per.name}" if places.per else "")
    name += f"__among_{rule_as_name(places.among)}" if places.among else ""
    if name in scope.catalog.customer.attributes or name in scope.catalog.metrics:
        name = f"{name}__{digest(repr(places.canonical), 6)}"
    return Stepped(
        name=fitted(name),
        type="number" if places.way == "tiles" else "boolean",
        canonical=places.canonical,
        description=places.description,
        steps=places.steps,
        inputs=Inputs(needs=tuple(dict.fromkeys(needs)), populations=(places.population,)),
    )


def _place_text(body: Body) -> str:
    if body.way == "tiles":
        return f"in {', '.join(str(tile) for tile in body.tiles)} of {body.count} tiles"
    amount = f"{body.percent}%" if body.percent is not None else str(body.count)
    if body.way == "top_share":
        return f"among the fewest who bring {amount}"
    return f"in the {body.way} {amount}"


def say(leaf: Leaf, speech: Speech) -> Clause:
    """The clause: who are among the top 20 % by …"""
    body = leaf.body
    assert isinstance(body, Body)
    place = placed_in_words(leaf, speech)
    return Clause(f"who are {place}", f"who are not {place}")


def placed_in_words(leaf: Leaf, speech: Speech) -> str:
    """The qualifying places, and the customers that compete for them."""
    body = leaf.body
    assert isinstance(body, Body)
    by, among = _by_in_words(body, speech), leaf.nested.get("among")
    phrase = _place_in_words(body, by)
    phrase += f", in each {attribute_of(body.per.text, speech)}" if body.per else ""
    phrase += ", equal values alike" if body.together else ""
    who = "customers" if speech.entity == CUSTOMER else nouns(speech.entity)
    return f"{phrase}, of {who}{followed_by(speech.say(among, speech))}" if among else phrase


def _by_in_words(body: Body, speech: Speech) -> str:
    name = body.by.text
    if name in speech.catalog.metrics:
        return metric_text(name, body.where, body.window, speech)
    return attribute_of(name, speech)


def _place_in_words(body: Body, by: str) -> str:
    many = share_text(body.percent) if body.percent else counted(body.count or 1)
    if body.way == "tiles":
        tiles = either([str(tile) for tile in body.tiles])
        return f"in group {tiles} of {body.count} by {by}, the last being the highest"
    if body.way == "top_share":
        return f"among the fewest who together bring {many} of all {by}"
    return f"among the {many} with the {'highest' if body.way == 'top' else 'lowest'} {by}"
