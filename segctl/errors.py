"""Problems in the user's files, and failures of a run, as data that can be printed in one way."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

WIDEST_LINE = 110
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
        """Records a problem."""
        self.problems.append(Problem(mark, code, visible(message), visible(hint)))

    def unknown(self, name: str, mark: Mark, what: str, known: list[str], of: str = "") -> None:
        """Records that something of that name does not exist, unless it does and is broken."""
        if name not in self.broken:
            message = f'unknown {what} "{name}"{of}'
            self.add(mark, f"unknown-{what}", message, did_you_mean(name, known, f"{what}s"))


class ProblemsFound(Exception):
    """Raised when definitions cannot be used; carries every problem found, sorted by place."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = sorted(set(problems))


class Failure(Exception):
    """A failure that is no bug of ours: one line for the user, a hint, and the exit code that says its kind."""

    def __init__(self, message: str, hint: str = "", exit_code: int = 3, detail: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = visible(message), visible(hint)
        self.exit_code, self.detail = exit_code, detail


def described(problem: Problem, sources: Mapping[str, str]) -> str:
    """The problem as text: place, message, code, then the source line with a caret, then the hint."""
    lines = [f"{problem.mark}: {problem.message} [{problem.code}]"]
    source = sources.get(problem.mark.file, "").splitlines()
    if 0 < problem.mark.line <= len(source):
        lines += _pointed_at(source[problem.mark.line - 1], problem.mark.column)
    if problem.hint:
        lines.append(f"  hint: {problem.hint}")
    return "\n".join(lines)


def _pointed_at(text: str, column: int) -> list[str]:
    """A source line and a caret below a column of it; of a long line the part around the column."""
    # A character that nobody would see is shown as one that takes one column, so that the caret stands right.
    shown = "".join(one if one.isprintable() else " " if one == "\t" else "␣" for one in text)
    start = max(0, column - WIDEST_LINE // 2) if len(shown) > WIDEST_LINE else 0
    part = shown[start : start + WIDEST_LINE]
    before, after = "…" if start else "", "…" if start + WIDEST_LINE < len(shown) else ""
    return [f"    {before}{part}{after}", "    " + " " * (len(before) + column - 1 - start) + "^"]


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


def visible(text: str) -> str:
    """The text with every character that nobody would see, such as a no-break space, as its code point."""
    return "".join(one if one.isprintable() or one == "\n" else f"<U+{ord(one):04X}>" for one in text)
