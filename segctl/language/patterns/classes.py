"""Character classes: `[a-z_]`, `[^"]`."""

import re

from segctl.language.patterns.cursor import Cursor, PatternProblem, literal, shown
from segctl.language.patterns.forms import Form, character_class

NAMED = re.compile(r"\[:\^?([a-z]+):\]")
NAMES = {
    **{"digit": "0-9", "alpha": "A-Za-z", "alnum": "A-Za-z0-9", "upper": "A-Z", "lower": "a-z"},
    **{"word": "A-Za-z0-9_", "xdigit": "0-9A-Fa-f", "space": " "},
}


def read_class(cursor: Cursor) -> Form:
    """Reads the class that starts here. Raises PatternProblem."""
    start = cursor.at
    cursor.took("[")
    negated = cursor.took("^")
    if cursor.next == "]":
        raise PatternProblem("the class is empty", start, "write \\] for the character")
    ranges: list[tuple[str, str]] = []
    while not cursor.took("]"):
        if not cursor.next:
            raise PatternProblem('"[" is never closed', start, "close it with ], or write \\[ for the character")
        ranges.append(_item(cursor, first=not ranges))
    return character_class(ranges, negated)


def _item(cursor: Cursor, first: bool) -> tuple[str, str]:
    """Reads a character or a range. A literal `-` must be the first or last in its class."""
    start = cursor.at
    if cursor.next == "-":
        if not first and not cursor.rest.startswith("-]"):
            raise PatternProblem(
                '"-" is neither within a range nor at an end of its class', start, "write \\- for the character"
            )
        return cursor.take(), "-"
    low = _character(cursor)
    if cursor.next != "-" or cursor.rest.startswith("-]"):
        return low, low
    cursor.take()
    if cursor.next == "-":
        raise PatternProblem('"-" ends a range', cursor.at, "write \\- for the character")
    if not cursor.next:
        return low, low
    high = _character(cursor)
    if high < low:
        message = f'nothing lies between "{shown(low)}" and "{shown(high)}": the first is greater'
        raise PatternProblem(message, start, f"write {shown(high)}-{shown(low)}")
    return low, high


def _character(cursor: Cursor) -> str:
    """Reads a character of a class. Refuses characters that some engine reads as more than that."""
    if cursor.next == "[":
        named = NAMED.match(cursor.rest)
        what = named[0] if named else "["
        hint = f'write "{NAMES[named[1]]}"' if named and named[1] in NAMES else "write \\[ for the character"
        raise PatternProblem(f'"{what}" in a class means different things to different engines', cursor.at, hint)
    if cursor.rest.startswith("&&"):
        message = '"&&" in a class means different things to different engines'
        raise PatternProblem(message, cursor.at, "write one & for the character")
    return literal(cursor, in_class=True)
