"""Recognises pages of reports by a line in their head."""

from enum import Enum
from pathlib import Path

# The mark in the head of each page. Data is packed in a page, so searching it for keys would find no members.
MARK = '<meta name="segctl-report" content="{holds}">'
# How many bytes of a file are searched for it.
LONGEST_HEAD = 4096


class Holds(Enum):
    """What a page holds: members with their keys, or only counts."""

    MEMBERS = "members"
    COUNTS = "counts"


def held_by(path: Path) -> Holds | None:
    """What a page holds, or None if the file is not a page of ours. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(LONGEST_HEAD)
    return next((holds for holds in Holds if MARK.format(holds=holds.value).encode() in head), None)


def marked(html: str, holds: Holds) -> str:
    """The page with the mark in its head."""
    mark = MARK.format(holds=holds.value)
    return html if mark in html[: LONGEST_HEAD // 4] else html.replace("<head>", f"<head>\n{mark}", 1)
