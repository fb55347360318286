"""The position while reading a pattern, and the problem when reading fails there."""

import string
from dataclasses import dataclass

# Characters that may follow a backslash. The blank is among them because tools that escape patterns write it.
ESCAPABLE = frozenset(string.punctuation + " ")
CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": " "}
CHARACTERS = {"n": "a line break", "t": "a tab", "r": "a carriage return"}
ANCHORS = {"A": "^", "Z": "$", "z": "$"}


class PatternProblem(Exception):
    """What is wrong with a pattern, at which character (from 1), and what to write instead."""

    def __init__(self, message: str, at: int, hint: str) -> None:
        super().__init__(message)
        self.message, self.position, self.hint = message, at + 1, hint


@dataclass
class Cursor:
    """The characters of a pattern, read one by one."""

    text: str
    at: int = 0

    @property
    def next(self) -> str:
        """The next character, empty at the end."""
        return self.text[self.at : self.at + 1]

    @property
    def rest(self) -> str:
        """Everything not read yet."""
        return self.text[self.at :]

    def take(self) -> str:
        """Reads the next character."""
        self.at += 1
        return self.text[self.at - 1]

    def took(self, sign: str) -> bool:
        """Reads these characters if they come next. Returns whether they did."""
        is_next = self.text.startswith(sign, self.at)
        self.at += len(sign) if is_next else 0
        return is_next


def literal(cursor: Cursor, in_class: bool = False) -> str:
    """Reads a literal character, plain or after a backslash."""
    start = cursor.at
    if cursor.next == "\0":
        raise PatternProblem("U+0000 is in no text", start, "delete it")
    if not cursor.took("\\"):
        return cursor.take()
    if cursor.next in ESCAPABLE:
        return cursor.take()
    if not cursor.next:
        raise PatternProblem('nothing follows "\\"', start, "write \\\\ for a backslash")
    escaped = cursor.take()
    what = f'"\\{shown(escaped)}" means different things to different engines'
    raise PatternProblem(what, start, _instead(escaped, in_class))


def shown(character: str) -> str:
    """A character for messages. Invisible ones are shown by number."""
    return character if character.isprintable() else f"U+{ord(character):04X}"


def _instead(escaped: str, in_class: bool) -> str:
    """What to write instead of a backslash before a character."""
    named = CLASSES.get(escaped.lower())
    if named:
        negated = "" if escaped.islower() else "^"
        return f'write "[{negated}{named}]"' if not in_class else _within(named, bool(negated))
    if escaped in CHARACTERS:
        return f'YAML writes {CHARACTERS[escaped]} in double quotes: "\\{escaped}"'
    if escaped in ANCHORS and not in_class:
        return f"write {ANCHORS[escaped]}"
    if escaped == "b" and not in_class:
        return 'spell out what may be there: "(^|[^a-z])"'
    if escaped in string.digits:
        return "write out what the group matches: there are no references to groups"
    return f"write {shown(escaped)} without the backslash"


def _within(named: str, negated: bool) -> str:
    return "list all the characters that you mean" if negated else f'write "{named}"'
