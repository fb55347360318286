"""Problems in the user's files, and failures of a run, as data that can be printed in one way."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from segctl.visible import in_a_line, unhidden, visible

WIDEST_LINE = 110
# Of a value so much is quoted that one knows it again.
LONGEST_QUOTE = 60
# More than what we say of our own accord.
LONGEST_MESSAGE = 300
# What ends a line in YAML, and so counts in the number of one.
LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
MOST_LISTED = 12


@dataclass(frozen=True, order=True)
class Mark:
    """A place in a file: path relative to the project, line and column counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in one place; `code` is stable and meant for machines, `hint` may be empty."""

    mark: Mark
    code: str
    message: str
    hint: str = ""


class Report:
    """Collects problems, so that all of them can be told at once.

    `broken` holds names that were declared with a problem: to refer to one of them is no further problem.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.broken: set[str] = set()

    def add(self, mark: Mark, code: str, message: str, hint: str = "") -> None:
        """Records a problem; what message and hint quote is cut, and what nobody would see is shown."""
        self.problems.append(Problem(mark, code, unhidden(_cut(message)), unhidden(_cut(hint))))

    def unknown(self, name: str, mark: Mark, what: str, known: list[str], of: str = "") -> None:
        """Records that something of that name does not exist, unless it does and is broken."""
        if name not in self.broken:
            message = f'unknown {what} "{name}"{of}'
            self.add(mark, f"unknown-{what}", message, did_you_mean(name, known, f"{what}s"))


class ProblemsFound(Exception):
    """Raised when definitions cannot be used; carries every problem found, sorted by place.

    `exit_code` is another where 1 says something else of a command.
    """

    def __init__(self, problems: list[Problem], exit_code: int = 1) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems, self.exit_code = sorted(set(problems)), exit_code


class Failure(Exception):
    """A failure that is no bug of ours: one line for the user, a hint, and the exit code that says its kind."""

    def __init__(self, message: str, hint: str = "", exit_code: int = 3, detail: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = unhidden(message), unhidden(hint)
        self.exit_code, self.detail = exit_code, detail


class InUse(Failure):
    """Another program uses what this one needs, and nothing has been done: it can be waited for."""


def described(problem: Problem, sources: Mapping[str, str]) -> str:
    """The problem as text: place, message, code, then the source line with a caret, then the hint."""
    lines = [in_a_line(f"{problem.mark}: {problem.message} [{problem.code}]")]
    source = lines_of(sources.get(problem.mark.file, ""))
    if 0 < problem.mark.line <= len(source):
        lines += _pointed_at(source[problem.mark.line - 1], problem.mark.column)
    if problem.hint:
        lines.append(visible(f"  hint: {problem.hint}"))
    return "\n".join(lines)


def lines_of(text: str) -> list[str]:
    """The lines of a text as YAML counts them."""
    lines = LINE_END.split(text)
    return lines if lines[-1] else lines[:-1]


def quoted(value: str) -> str:
    """The value as far as a message quotes it: a file may hold what is nobody's business, and no end of it."""
    return value if len(value) <= LONGEST_QUOTE else f"{value[:LONGEST_QUOTE]}…"


def _cut(text: str) -> str:
    told = re.sub(r'"[^"]*"|\S{100,}', lambda found: _cut_quote(found[0]), text)
    return told if len(told) <= LONGEST_MESSAGE else f"{told[:LONGEST_MESSAGE]}…"


def _cut_quote(found: str) -> str:
    """A value between double quotes, or a word that is longer than any of ours."""
    return f'"{quoted(found[1:-1])}"' if found.startswith('"') and found.endswith('"') else quoted(found)


def _pointed_at(text: str, column: int) -> list[str]:
    """A source line and a caret below a column of it; of a long line the part around the column."""
    shown, column = _shown(text), len(_shown(text[: column - 1])) + 1
    start = max(0, column - WIDEST_LINE // 2) if len(shown) > WIDEST_LINE else 0
    part = shown[start : start + WIDEST_LINE]
    before, after = "…" if start else "", "…" if start + WIDEST_LINE < len(shown) else ""
    return [f"    {before}{part}{after}", "    " + " " * (len(before) + column - 1 - start) + "^"]


def _shown(text: str) -> str:
    """A line as it is shown: a tab as one space, other blanks as ␣, what commands a terminal as an escape."""
    return "".join(one if one.isprintable() else " " if one == "\t" else "␣" for one in visible(text))


def did_you_mean(found: str, known: list[str], what: str = "known") -> str:
    """A hint that names the nearest known word, or the known words when none is near."""
    return nearest(found, known) or listed(sorted(known), what)


def nearest(found: str, known: list[str]) -> str:
    """A hint that names the nearest known word; empty when none is near."""
    near = get_close_matches(found, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else ""


def listed(known: list[str], what: str) -> str:
    """A hint that names the first known words."""
    if not known:
        return f"there are no {what} here"
    return f"{what}: {', '.join(known[:MOST_LISTED])}" + (", …" if len(known) > MOST_LISTED else "")
