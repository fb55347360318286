"""Pages of reports, which are told from other files by a line in their head."""

from enum import Enum
from pathlib import Path

# Part of the head of each page. History is packed in it, so that members are not found by looking for their keys.
MARK = '<meta name="segctl-report" content="{holds}">'
# How far into a file it is looked for.
LONGEST_HEAD = 4096


class Holds(Enum):
    """What a page of ours holds: members by their keys, or counts of people alone."""

    MEMBERS = "members"
    COUNTS = "counts"


def held_by(path: Path) -> Holds | None:
    """What a file holds as a page of ours; None where it is none. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(LONGEST_HEAD)
    return next((holds for holds in Holds if MARK.format(holds=holds.value).encode() in head), None)


def marked(html: str, holds: Holds) -> str:
    """A page with that line where it is looked for."""
    mark = MARK.format(holds=holds.value)
    return html if mark in html[: LONGEST_HEAD // 4] else html.replace("<head>", f"<head>\n{mark}", 1)
