"""Problems in the user's files and failures of a command, as data with one way to print them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from segctl.errors.visible import in_a_line, unhidden, visible

WIDEST_LINE = 110
# Messages quote this much of a value.
LONGEST_QUOTE = 60
# Longer than any word of our own.
LONGEST_MESSAGE = 300
# Line breaks of YAML, which count for line numbers.
LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
MOST_LISTED = 12


@dataclass(frozen=True, order=True)
class Mark:
    """A place in a file: path relative to the project, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Problem:
    """One problem in one place. `code` is stable and meant for machines. `hint` may be empty."""

    mark: Mark
    code: str
    message: str
    hint: str = ""


class Report:
    """Collects problems, to report all of them at once.

    `broken` holds names that were declared with a problem. A reference to one of them is not another problem.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.broken: set[str] = set()

    def add(self, mark: Mark, code: str, message: str, hint: str = "") -> None:
        """Records a problem. Cuts long quotes and shows invisible characters as escapes."""
        self.problems.append(Problem(mark, code, unhidden(_cut(message)), unhidden(_cut(hint))))

    def unknown(self, name: str, mark: Mark, what: str, known: list[str], of: str = "") -> None:
        """Records an unknown name, unless the name exists and is broken."""
        if name not in self.broken:
            message = f'unknown {what} "{name}"{of}'
            self.add(mark, f"unknown-{what}", message, did_you_mean(name, known, f"{what}s"))


class ProblemsFound(Exception):
    """Raised when definitions have problems. Carries all of them, sorted by place.

    `exit_code` differs for commands where 1 has another meaning.
    """

    def __init__(self, problems: list[Problem], exit_code: int = 1) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems, self.exit_code = sorted(set(problems)), exit_code


class Failure(Exception):
    """A failure that is not a bug: one line for the user, a hint, and an exit code for its kind."""

    def __init__(self, message: str, hint: str = "", exit_code: int = 3, detail: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = unhidden(message), unhidden(hint)
        self.exit_code, self.detail = exit_code, detail


class InUse(Failure):
    """Another program uses what this one needs. Nothing was done, so waiting is safe."""


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
    """The lines of a text, split as YAML does."""
    lines = LINE_END.split(text)
    return lines if lines[-1] else lines[:-1]


def quoted(value: str) -> str:
    """The value, shortened for a message: values may be private, or very long."""
    return value if len(value) <= LONGEST_QUOTE else f"{value[:LONGEST_QUOTE]}…"


def _cut(text: str) -> str:
    shortened = re.sub(r'"[^"]*"|\S{100,}', lambda match: _cut_quote(match[0]), text)
    return shortened if len(shortened) <= LONGEST_MESSAGE else f"{shortened[:LONGEST_MESSAGE]}…"


def _cut_quote(quote: str) -> str:
    """Shortens a match: a value between double quotes, or a word longer than any of ours."""
    return f'"{quoted(quote[1:-1])}"' if quote.startswith('"') and quote.endswith('"') else quoted(quote)


def _pointed_at(text: str, column: int) -> list[str]:
    """A source line with a caret below the column. Shows only the part around the column of a long line."""
    shown, column = _shown(text), len(_shown(text[: column - 1])) + 1
    start = max(0, column - WIDEST_LINE // 2) if len(shown) > WIDEST_LINE else 0
    part = shown[start : start + WIDEST_LINE]
    before, after = "…" if start else "", "…" if start + WIDEST_LINE < len(shown) else ""
    return [f"    {before}{part}{after}", "    " + " " * (len(before) + column - 1 - start) + "^"]


def _shown(text: str) -> str:
    """A line for display: tabs as one space, other blanks as ␣, control characters as escapes."""
    return "".join(
        character if character.isprintable() else " " if character == "\t" else "␣" for character in visible(text)
    )


def did_you_mean(name: str, known: list[str], what: str = "known") -> str:
    """A hint with the nearest known word, or with the known words if none is near."""
    return nearest(name, known) or listed(sorted(known), what)


def nearest(name: str, known: list[str]) -> str:
    """A hint with the nearest known word, or an empty text if none is near."""
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else ""


def listed(known: list[str], what: str) -> str:
    """A hint with the first known words."""
    if not known:
        return f"there are no {what} here"
    return f"{what}: {', '.join(known[:MOST_LISTED])}" + (", …" if len(known) > MOST_LISTED else "")
