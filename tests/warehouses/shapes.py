"""Reduces a statement for a slow parser: of list items that differ only in names and values, it keeps one.

A model of hundreds of columns is hundreds of items `coalesce(name, value) as name`. sqlfluff reads a few hundred lines
a second, so it gets the first of each shape in a list, and of the branches of a union. sqlglot gets everything.
"""

import re
from itertools import pairwise

_QUOTED = r"\"[^\"]*\"|`[^`]*`|--[^\n]*|\w+|\s+|."
_PLAIN = re.compile(rf"'(?:[^']|'')*'|{_QUOTED}", re.DOTALL)
_ESCAPED = re.compile(rf"'(?:[^'\\]|\\.|'')*'|{_QUOTED}", re.DOTALL)
_KEPT = frozenset(
    re.findall(
        r"\w+",
        """select from where group by order having with as case when then else end and or not in is null true false
        distinct union all join left right inner full outer cross on using over partition rows between unbounded
        preceding following current row like escape exists interval day hour cast date timestamp datetime desc asc limit
        at time zone values""",
    )
)


def tokens(sql: str, escaped: bool) -> list[str]:
    """The text in pieces: literals, quoted names, comments, words, space and signs. `escaped`: by backslashes too."""
    return (_ESCAPED if escaped else _PLAIN).findall(sql)


def shape(pieces: list[str]) -> str:
    """Pieces without names and values: words stay that are keywords, types or functions."""
    plain = [piece for piece in pieces if not piece.isspace() and not piece.startswith("--")]
    reduced = []
    for piece, following in pairwise([*plain, ""]):
        if piece[0] in "'\"`":
            reduced.append(piece[0])
        elif piece[0].isdigit():
            reduced.append("0")
        else:
            named = piece.isidentifier() and following != "(" and piece.lower() not in _KEPT
            reduced.append("name" if named else piece)
    return re.sub(r"name( \. name)+", "name", " ".join(reduced))


def parts_of(sql: str, escaped: bool) -> list[str]:
    """The statement with `select 1` for each query in brackets after `as`, and those queries. All of them reduced."""
    queries: list[str] = []
    pieces = [piece for piece in tokens(sql, escaped) if not piece.startswith("--")]
    text, _ = _level(pieces, 0, escaped, queries)
    return [text, *queries]


def _level(pieces: list[str], at: int, escaped: bool, queries: list[str]) -> tuple[str, int]:
    """The text of one level of brackets from a place on, and the place of its closing bracket."""
    parts: list[str] = []
    while at < len(pieces) and pieces[at] not in (")", "]"):
        if pieces[at] in ("(", "["):
            inner, end = _level(pieces, at + 1, escaped, queries)
            if [part for part in parts[-3:] if not part.isspace()][-1:] == ["as"] and inner.split()[:1] in (
                ["select"],
                ["with"],
            ):
                queries.append(inner)
                inner = "select 1"
            parts.append(pieces[at] + inner + "".join(pieces[end : end + 1]))
            at = end
        else:
            parts.append(pieces[at])
        at += 1
    branches = [_listed(branch, escaped) for branch in _split(parts, "union")]
    return "".join(_distinct(branches, "union", escaped)), at


def _listed(parts: list[str], escaped: bool) -> str:
    items = ["".join(item) for item in _split(parts, ",")]
    # On one line these are usually the arguments of a function.
    alike = len(items) > 2 and all("\n" in item for item in items[1:])
    return "".join(_distinct(items, ",", escaped)) if alike else ",".join(items)


def _split(parts: list[str], by: str) -> list[list[str]]:
    result: list[list[str]] = [[]]
    for part in parts:
        if part == by:
            result.append([])
        else:
            result[-1].append(part)
    return result


def _distinct(items: list[str], by: str, escaped: bool) -> list[str]:
    """The items with their separators. The first and the last stay, which hold what is around the list."""
    seen: set[str] = set()
    kept = []
    for number, item in enumerate(items):
        found = shape(tokens(item, escaped))
        if number in (0, len(items) - 1) or found not in seen:
            kept.append(item if number == 0 else by + item)
        seen.add(found)
    return kept
