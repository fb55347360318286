r"""The grammar of patterns. Anything else is a problem.

choice     = sequence { "|" sequence }
sequence   = { part [ repetition ] | "^" | "$" }
part       = "." | "(" choice ")" | class | literal
repetition = "*" | "+" | "?" | "{m}" | "{m,}" | "{m,n}"
class      = "[" [ "^" ] item { item } "]"
item       = literal [ "-" literal ]
literal    = "\" before a blank or ASCII punctuation, or a character without a meaning of its own
"""

import re
from typing import NoReturn

from segctl.language.patterns.classes import read_class
from segctl.language.patterns.cursor import Cursor, PatternProblem, literal
from segctl.language.patterns.forms import ANY_CHARACTER, Form, character, choice, group, repetition, sequence

# Limits that every engine accepts. Some count to 255, some to 1,000 with nested counts multiplied. At twice this size
# some engines need seconds to read a pattern, or refuse it.
MOST_TIMES = 255
MOST_COUNTED = 1_000
LARGEST = 5_000
DEEPEST = 50

COUNT = re.compile(r"\{([0-9]{1,9})(?:(,)([0-9]{1,9})?)?\}")
SIGNS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
REPEATING = frozenset("*+?{")
GROUPS = {"?:": "write ( alone", "?i": "write both letters: [Gg]"}


def read_pattern(text: str) -> Form:
    """Reads a pattern. Raises PatternProblem."""
    if len(text) > LARGEST:
        raise _too_large(len(text))
    cursor = Cursor(text)
    pattern = _choice(cursor, 0)
    if cursor.next:
        raise PatternProblem('")" closes nothing', cursor.at, "write \\) for the character")
    if pattern.size > LARGEST:
        raise _too_large(pattern.size)
    return pattern


def _too_large(size: int) -> PatternProblem:
    message = f"the pattern has {size:,} characters, its counts written out: {LARGEST:,} is the most"
    return PatternProblem(message, 0, "repeat less, or ask several times, in any: […]")


def _choice(cursor: Cursor, depth: int) -> Form:
    branches = [_sequence(cursor, depth)]
    while cursor.took("|"):
        branches.append(_sequence(cursor, depth))
    return choice(branches)


def _sequence(cursor: Cursor, depth: int) -> Form:
    parts: list[Form] = []
    while cursor.next and cursor.next not in "|)":
        part = _part(cursor, depth)
        parts.append(_repeated(part, cursor) if cursor.next in REPEATING else part)
    return sequence(parts)


def _part(cursor: Cursor, depth: int) -> Form:
    if cursor.next == "(":
        return _group(cursor, depth + 1)
    if cursor.next == "[":
        return read_class(cursor)
    if cursor.next in REPEATING:
        _refuse_repetition(cursor, "has nothing to repeat")
    if cursor.took("."):
        return ANY_CHARACTER
    if cursor.next in "^$":
        return _anchor(cursor)
    return character(literal(cursor))


def _anchor(cursor: Cursor) -> Form:
    anchor = Form(cursor.take())
    if cursor.next in REPEATING:
        _refuse_repetition(cursor, f'cannot repeat "{anchor.text}"')
    return anchor


def _group(cursor: Cursor, depth: int) -> Form:
    start = cursor.at
    cursor.took("(")
    if cursor.next == "?":
        hint = GROUPS.get(cursor.rest[:2], "a group has no options, names or conditions")
        raise PatternProblem('"(?" means different things to different engines', start, hint)
    if depth > DEEPEST:
        raise PatternProblem(f"groups are nested more than {DEEPEST} deep", start, "use fewer groups")
    inner = _choice(cursor, depth)
    if not cursor.took(")"):
        raise PatternProblem('"(" is never closed', start, "close it with ), or write \\( for the character")
    return group(inner)


def _repeated(part: Form, cursor: Cursor) -> Form:
    start = cursor.at
    repeated = repetition(part, *_times(cursor))
    if repeated.counted > MOST_COUNTED:
        message = f"nested counts multiply to {repeated.counted:,}; the most is {MOST_COUNTED:,}"
        raise PatternProblem(message, start, "repeat less, or write + or *")
    if cursor.next == "?":
        message = '"?" after a repetition has no effect'
        raise PatternProblem(message, cursor.at, "remove it")
    if cursor.next in REPEATING:
        _refuse_repetition(cursor, "repeats a repetition", "remove it, or put the repeated part in a group: (…)")
    return repeated


def _times(cursor: Cursor) -> tuple[int, int | None]:
    """Reads a repetition: the least and the most times."""
    if cursor.next in SIGNS:
        return SIGNS[cursor.take()]
    start, match = cursor.at, COUNT.match(cursor.rest)
    if not match:
        _refuse_repetition(cursor, "begins no count", _count_hint(cursor.rest))
    cursor.at += match.end()
    least = int(match[1])
    most = int(match[3]) if match[3] else None if match[2] else least
    if max(least, most or 0) > MOST_TIMES:
        raise PatternProblem(f"{match[0]} is more than {MOST_TIMES}", start, "repeat less, or write + or *")
    if most is not None and most < least:
        message = f"nothing lies between {least} and {most}: the first is greater"
        raise PatternProblem(message, start, f"write {{{most},{least}}}")
    return least, most


def _count_hint(rest: str) -> str:
    open_start = re.match(r"\{,([0-9]{1,3})\}", rest)
    return (
        f"write {{0,{open_start[1]}}}" if open_start else "a count is {2}, {2,} or {2,5}; write \\{ for the character"
    )


def _refuse_repetition(cursor: Cursor, why: str, hint: str = "") -> NoReturn:
    hint = hint or f"write \\{cursor.next} for the character"
    raise PatternProblem(f'"{cursor.next}" {why}', cursor.at, hint)
