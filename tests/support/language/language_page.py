"""docs/language.md as tests: its catalog, its definitions, and the tables that name the members of a rule.

A YAML block is the catalog, a part of it, a file of segments, or a rule. A table is an example if it has a column of
answers: a rule or a segment (in backticks), or `member`, which is about the block before the table. The other columns
are rows of the warehouse: attributes and events by their names, or the `account` that a customer belongs to. Cells of
`orders (amount, channel)` hold these values of each order, then its time. A table without answers adds rows to the next
example of its section.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from segctl.rules import COMBINATORS, RULE_TYPES
from tests.support.oracle.reference import load

PAGE = Path(__file__).resolve().parents[3] / "docs" / "language.md"
NOTHING = "\N{EN DASH}"
ANSWERS = {"yes": True, "no": False}
FENCE = re.compile(r"```(\w*)\n(.*?)```\n", re.DOTALL)
CELL = re.compile(r"(?<!\\)\|")
SPAN = re.compile(r"`(\{[^`]*\})`")
MEMBER = re.compile(r"member(?: on (\d{4}-\d\d-\d\d))?")
RULES = {*RULE_TYPES, *COMBINATORS}


@dataclass(frozen=True)
class Block:
    """A YAML block of the page."""

    text: str

    @cached_property
    def read(self) -> dict[str, Any]:
        """The block with every scalar left as text."""
        return load(self.text)

    @property
    def kind(self) -> str:
        """Its kind: `rule`, `segments`, or a part of the `catalog`."""
        if "segments" in self.read:
            return "segments"
        return "rule" if self.read.keys() & RULES and "version" not in self.read else "catalog"


@dataclass(frozen=True)
class Table:
    """The first column names the rows. `facts` are the cells of each row that are data, `answers` the others."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @cached_property
    def asked(self) -> list[str]:
        """The columns that are answers."""
        return [one for one in self.header if is_answer(one)]

    def facts(self) -> Iterator[tuple[str, dict[str, str]]]:
        """The name of each row, and its cells of data by their headings."""
        for row in self.rows:
            cells = dict(zip(self.header, row, strict=True))
            yield row[0], {name: cell for name, cell in cells.items() if name not in (*self.asked, self.header[0])}

    def column(self, heading: str) -> list[str]:
        """The cells of a column."""
        return [row[self.header.index(heading)] for row in self.rows]

    def members(self, column: str) -> set[str]:
        """The names of the rows with yes in a column of answers."""
        return {row[0] for row, answer in zip(self.rows, self.column(column), strict=True) if ANSWERS[answer]}


@dataclass(frozen=True)
class Example:
    """A table with answers, the rows before it, and the block that it is about."""

    number: int
    section: str
    table: Table
    given: tuple[Table, ...]
    block: Block | None

    def key(self, name: str) -> str:
        """The key of a customer or an account, unique among examples.

        `c17` stays as it is, because samples depend on it.
        """
        return name if re.fullmatch(r"c\d+", name) else f"{self.number:02}.{name}"

    @property
    def entity(self) -> str:
        """The entity of the answers' members."""
        return self.table.header[0]

    @property
    def tables(self) -> list[Table]:
        return [*self.given, self.table]

    def segment_of(self, column: str) -> str:
        """The segment that a column of answers is about."""
        if column.startswith("`{"):
            return f"rule_{self.number}_{self.table.asked.index(column)}"
        if not MEMBER.fullmatch(column):
            return column.strip("`")
        assert self.block, f"{self.section}: no block before the table"
        if self.block.kind == "rule":
            return f"rule_{self.number}"
        (segment,) = self.block.read["segments"]
        return str(segment["name"])

    def rules(self) -> dict[str, yaml.Node]:
        """The rules that are no segments of the page, by the segments that the test makes from them."""
        result = {self.segment_of(one): one.strip("`") for one in self.table.asked if one.startswith("`{")}
        if self.block and self.block.kind == "rule" and any(map(MEMBER.fullmatch, self.table.asked)):
            result[f"rule_{self.number}"] = self.block.text
        return {name: composed(text) for name, text in result.items()}


@dataclass
class Page:
    blocks: list[Block] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)


def is_answer(heading: str) -> bool:
    return heading.startswith("`") or MEMBER.fullmatch(heading) is not None


def keys_in(node: yaml.Node) -> Iterator[str]:
    """The keys of all mappings in a node."""
    for part in node.value if isinstance(node.value, list) else []:
        key, value = part if isinstance(part, tuple) else (None, part)
        if key is not None:
            yield key.value
        yield from keys_in(value)


def composed(text: str) -> yaml.Node:
    node = yaml.compose(text, Loader=yaml.BaseLoader)
    assert node is not None
    return node


def read_page(text: str) -> Page:
    """All examples of a page of the language."""
    page, section, block = Page(), "", None
    given: list[Table] = []
    for kind, part in _parts(text):
        if kind == "heading":
            assert not given, f"{section}: rows that no example looks at"
            section, block, given = part.strip("# `\n"), None, []
        elif kind == "yaml":
            block = Block(part)
            page.blocks.append(block)
        elif kind == "table" and (table := _table(part)):
            if table.asked:
                page.examples.append(Example(len(page.examples) + 1, section, table, tuple(given), block))
                given = []
            else:
                given.append(table)
        if kind in ("text", "table"):
            page.inline += [one.replace("\\|", "|") for one in SPAN.findall(part) if _is_rule(one)]
    return page


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Headings, blocks by their language, tables, and the text between them, in order."""
    place = 0
    for found in FENCE.finditer(text):
        yield from _prose(text[place : found.start()])
        yield found[1], found[2]
        place = found.end()
    yield from _prose(text[place:])


def _prose(text: str) -> Iterator[tuple[str, str]]:
    for paragraph in re.split(r"\n\n+", text.strip("\n")):
        yield {"#": "heading", "|": "table"}.get(paragraph[:1], "text"), paragraph


def _table(text: str) -> Table | None:
    """A table of customers or accounts. None for other tables."""
    header, _, *rows = [
        tuple(cell.strip().replace("\\|", "|") for cell in CELL.split(line.strip())[1:-1])
        for line in text.strip().split("\n")
    ]
    return Table(header, tuple(rows)) if header[0] in ("customer", "account") else None


def _is_rule(text: str) -> bool:
    """Whether a span in braces is a whole rule, and not a part of one or a form with `…`."""
    return "…" not in text and text[1:].partition(":")[0] in RULES
