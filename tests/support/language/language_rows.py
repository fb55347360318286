"""The warehouse that the tables of docs/language.md describe, and the definitions from the page and its tables."""

import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from tests.support.language.catalog_tables import column_of, tables_of, time_column, time_type
from tests.support.language.language_page import NOTHING, RULES, Block, Example, Page, Table, composed
from tests.support.oracle.reference import Row, Tables, type_of

AS_OF = datetime(2024, 6, 1, 12, tzinfo=ZoneInfo("Europe/London"))
# What a table may leave out. Anything else that it leaves out is missing.
SIGNED_UP, HAPPENED = AS_OF - timedelta(days=1000), "1 day ago"
USUAL = {"status": "paid"}
# Parts of the catalog and of segments that hold back or share members, and do not decide membership.
FOR_OTHERS = ("marts", "reverse_etl", "semantic_models", "costs", "guard", "identifiers")
OF_A_SOURCE = ("freshness", "max_loss")
OF_A_SEGMENT = ("guard", "share", "used_by")
# The attribute that separates the customers of examples, for rules that compare all customers.
EXAMPLE = "example"
HEADING = re.compile(r"(\w+)(?: \(([\w, ]+)\))?")
AGO = re.compile(r"(\d+) (hour|day)s? ago")
AHEAD = re.compile(r"in (\d+) days?")


# The catalog


def catalog_of(blocks: Iterable[Block]) -> dict[str, Any]:
    """The page's catalog, with all parts from further down. Two that contradict each other are an error."""
    whole: dict[str, Any] = {}
    for block in blocks:
        if block.kind == "catalog":
            read = deepcopy(block.read)
            if "attributes" in read:
                read = {"entities": {"customer": {"attributes": read["attributes"]}}}
            _merge(read, whole, "guard")
    return whole


def _merge(part: dict[str, Any], whole: dict[str, Any], replaced: str) -> None:
    for key, value in part.items():
        if isinstance(value, dict) and isinstance(whole.get(key), dict) and key != replaced:
            _merge(value, whole[key], replaced)
        else:
            assert key == replaced or whole.get(key, value) == value, f"{key} stands twice on the page"
            whole[key] = value


def for_a_run(catalog: dict[str, Any]) -> dict[str, Any]:
    """The catalog without what decides no membership, and with an attribute for the example of a customer."""
    run = {key: value for key, value in deepcopy(catalog).items() if key not in FOR_OTHERS}
    customer = run["entities"]["customer"]
    customer.pop("identifiers", None)
    customer["attributes"][EXAMPLE] = "string"
    for event in run["events"].values():
        for key in OF_A_SOURCE:
            event.pop(key, None)
    return run


# The definitions


def definitions_of(page: Page, *, run: bool) -> dict[str, str]:
    """The files of segments: those of the page, and one with a segment for each rule of an example.

    For a run, a rule that compares all customers compares those of its own example.
    """
    result = {f"page_{n}": block.text for n, block in enumerate(page.blocks) if block.kind == "segments"}
    rules = {name: (rule, one) for one in page.examples for name, rule in one.rules().items()}
    owners = {segment: one for one in page.examples for segment in map(one.segment_of, one.table.asked)}
    if run:
        result = {stem: _without_others(composed(text), owners) for stem, text in result.items()}
        for rule, one in rules.values():
            _rank_apart(rule, one)
    segments = [_mapping(name=_scalar(name), rule=rule) for name, (rule, _) in rules.items()]
    return {**result, "examples": _written(_mapping(version=_scalar("1"), segments=_list(segments)))}


def _without_others(root: yaml.Node, owners: dict[str, Example]) -> str:
    for segment in _child(root, "segments").value:
        segment.value = [(key, value) for key, value in segment.value if key.value not in OF_A_SEGMENT]
        keys = {key.value: value for key, value in segment.value}
        if "limit" in keys:
            apart = [_is_of(owners[keys["name"].value]), keys["rule"]]
            segment.value = [(k, _mapping(all=_list(apart)) if k.value == "rule" else v) for k, v in segment.value]
    return _written(root)


def _rank_apart(rule: yaml.Node, example: Example) -> None:
    """Limits each rank of a rule to the customers of the example."""
    if isinstance(rule, yaml.MappingNode):
        keys = {key.value: value for key, value in rule.value}
        for value in keys.values():
            _rank_apart(value, example)
        if "rank" in keys:
            among = [_is_of(example), *([keys["among"]] if "among" in keys else [])]
            rest = [(key, value) for key, value in rule.value if key.value != "among"]
            rule.value = [*rest, (_scalar("among"), _mapping(all=_list(among)))]
    elif isinstance(rule, yaml.SequenceNode):
        for value in rule.value:
            _rank_apart(value, example)


def _is_of(example: Example) -> yaml.Node:
    return _mapping(attribute=_scalar(EXAMPLE), eq=_scalar(str(example.number)))


def _child(node: yaml.Node, key: str) -> yaml.Node:
    found: yaml.Node = next(value for name, value in node.value if name.value == key)
    return found


def _scalar(text: str) -> yaml.Node:
    return yaml.ScalarNode("tag:yaml.org,2002:str", text)


def _list(items: list[yaml.Node]) -> yaml.Node:
    return yaml.SequenceNode("tag:yaml.org,2002:seq", items)


def _mapping(**values: yaml.Node) -> yaml.Node:
    return yaml.MappingNode("tag:yaml.org,2002:map", [(_scalar(key), value) for key, value in values.items()])


def _written(node: yaml.Node) -> str:
    """As YAML, with the scalars unchanged: unquoted scalars stay so."""
    text: str = yaml.serialize(node, Dumper=yaml.BaseDumper, allow_unicode=True, width=10**6)
    return text


def inline_rules(page: Page) -> str:
    """The rules within the text, as a file of segments. A rule about accounts is nested in `belongs_to`."""
    segments = [
        _mapping(name=_scalar(f"inline_{number}"), rule=_about_customers(composed(text)))
        for number, text in enumerate(page.inline)
    ]
    return _written(_mapping(version=_scalar("1"), segments=_list(segments)))


def _about_customers(rule: yaml.Node) -> yaml.Node:
    (first,) = (key.value for key, _ in rule.value if key.value in RULES)
    return rule if first != "customers" else _mapping(belongs_to=_scalar("account"), that=rule)


# The rows


@dataclass(frozen=True)
class Warehouse:
    """Rows by model, and the columns of each with their SQL types, the key first."""

    columns: dict[str, dict[str, str]]
    rows: Tables


class Rows:
    """Collects the rows of all examples."""

    def __init__(self, catalog: dict[str, Any]) -> None:
        self.catalog, self.numbers = catalog, count(1)
        self.columns = tables_of(catalog)
        self.tables: dict[str, dict[object, Row]] = {model: {} for model in self.columns}

    def add(self, example: Example) -> None:
        """Adds the rows in an example's tables."""
        for table in example.tables:
            for name, facts in table.facts():
                self._add_keyed(example, table, name, facts)

    def _add_keyed(self, example: Example, table: Table, name: str, facts: dict[str, str]) -> None:
        entity = self.catalog["entities"][table.header[0]]
        key = example.key(name)
        row: Row = {entity["key"]: key}
        if table.header[0] == "customer":
            row |= {EXAMPLE: str(example.number), entity["since"]: _instant(SIGNED_UP)}
        for heading, cell in facts.items():
            self._add_fact(example, entity, row, heading, cell)
        self._put(entity["model"], key, row)

    def _add_fact(self, example: Example, entity: dict[str, Any], row: Row, heading: str, cell: str) -> None:
        match = HEADING.fullmatch(heading)
        assert match, heading
        name, listed = match[1], (match[2] or "").split(", ") if match[2] else []
        attribute = entity["attributes"].get(name)
        if name in self.catalog["entities"]:
            row[self.catalog["entities"][name]["customers"]] = None if cell == NOTHING else example.key(cell)
        elif attribute is None:
            self._add_events(row[entity["key"]], name if name in self.catalog["events"] else name[:-1], listed, cell)
        elif listed:
            self._add_history(row[entity["key"]], attribute, cell)
        else:
            row[column_of(name, attribute)] = value_of(cell, type_of(attribute))

    def _add_events(self, customer: object, name: str, listed: list[str], cell: str) -> None:
        event = self.catalog["events"][name]
        for written in _several(cell):
            cells = [part.strip() for part in written.split(",")] if listed else [written]
            *values, at = cells if len(cells) > len(listed) else [*cells, HAPPENED]
            fields = {**{name: text for name, text in USUAL.items() if name in event.get("fields", {})}}
            fields |= dict(zip(listed, values, strict=True))
            row = {
                column_of(one, event["fields"][one]): value_of(cell, type_of(event["fields"][one]))
                for one, cell in fields.items()
            }
            happened = value_of(at, time_type(event["at"]))
            row |= {event["customer"]: customer, time_column(event["at"]): happened}
            if "recorded_at" in event:
                row[time_column(event["recorded_at"])] = happened
            number = next(self.numbers)
            if "key" in event:
                row[event["key"]] = str(number)
            self._put(event["model"], number, row)

    def _add_history(self, customer: object, attribute: dict[str, Any], cell: str) -> None:
        history = attribute["history"]
        for written in _several(cell):
            value, begins, ends = (part.strip() for part in written.split(","))
            row = {history["customer"]: customer, history["column"]: value_of(value, type_of(attribute))}
            row |= {history["from"]: value_of(begins, "timestamp"), history["to"]: value_of(ends, "timestamp")}
            self._put(history["model"], next(self.numbers), row)

    def _put(self, model: str, key: object, row: Row) -> None:
        assert key not in self.tables[model], f"{key} stands in two tables of the page"
        known = self.columns[model]
        assert row.keys() <= known.keys(), f"{model} has no {row.keys() - known.keys()}"
        self.tables[model][key] = {**dict.fromkeys(known), **row}


def warehouse_of(page: Page, catalog: dict[str, Any]) -> Warehouse:
    """The rows of all examples of a page."""
    rows = Rows(catalog)
    for example in page.examples:
        rows.add(example)
    return Warehouse(rows.columns, {model: list(found.values()) for model, found in rows.tables.items()})


def _several(cell: str) -> list[str]:
    return [] if cell == NOTHING else [one.strip() for one in cell.split(";")]


def value_of(cell: str, kind: str) -> object:
    """A cell of the page as a value of the warehouse."""
    if cell == NOTHING:
        return None
    if kind in ("date", "timestamp"):
        at = moment_of(cell)
        return at.date() if kind == "date" else _instant(at)
    if kind == "strings":
        return [one.strip() for one in cell[1:-1].split(",") if one.strip()]
    if kind == "boolean":
        return {"true": True, "false": False}[cell]
    return float(cell) if kind == "number" else cell


def moment_of(cell: str) -> datetime:
    """`3 days ago`, `2 hours ago`, `in 3 days`, a day, or a day and a time, on the clock of the page's time zone."""
    if found := AGO.fullmatch(cell):
        amount = int(found[1])
        return AS_OF - (timedelta(hours=amount) if found[2] == "hour" else timedelta(days=amount))
    if found := AHEAD.fullmatch(cell):
        return AS_OF + timedelta(days=int(found[1]))
    at = datetime.fromisoformat(cell) if " " in cell else datetime.combine(date.fromisoformat(cell), time())
    return at.replace(tzinfo=AS_OF.tzinfo)


def _instant(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
