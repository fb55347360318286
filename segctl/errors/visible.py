"""Shows invisible characters as escapes, since they could control a terminal or disguise a text."""

import re

# C0 except tab and line feed, DEL, C1, bidirectional and hidden characters, other line ends, lone surrogates.
UNSEEN = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff\U000e0000-\U000e007f"
)
_UNSEEN = re.compile(f"[{UNSEEN}]")
_UNSEEN_IN_A_LINE = re.compile(rf"[\t\n{UNSEEN}]")


def visible(text: str) -> str:
    """The text with `\\x1b` for an escape character, and so on. Tabs and line feeds stay."""
    return _UNSEEN.sub(_escape, text)


def in_a_line(text: str) -> str:
    """The same on one line: with tabs and line feeds as `\\t` and `\\n`."""
    return _UNSEEN_IN_A_LINE.sub(_escape, text)


def unhidden(text: str) -> str:
    """The same for every invisible or blank-like character except line feeds, such as `\\xa0`."""
    return "".join(
        character if character.isprintable() or character == "\n" else _escaped(character) for character in text
    )


def visible_json(text: str) -> str:
    """The same for JSON with JSON's own escapes, so that the value stays the same."""
    return _UNSEEN.sub(_json_escape, text)


def _escape(match: re.Match[str]) -> str:
    return _escaped(match[0])


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _json_escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
