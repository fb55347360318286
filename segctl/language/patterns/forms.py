r"""The parts of a pattern, and their spelling for engines.

One spelling serves all engines, except for the end of the text: `$` stands for the end alone, and a literal dollar is
`\$`. Where an engine's own `$` means more, the macro `matches` replaces it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SPECIAL = frozenset(r"\.[](){}*+?|^$")
SPECIAL_IN_CLASS = frozenset(r"\[]^-&$")


@dataclass(frozen=True)
class Form:
    """A part of a pattern, or the whole.

    `spelled` is the text that every engine reads alike. `size` counts characters and ranges with repetitions written
    out. `counted` is how often the innermost part repeats, with nested counts multiplied.
    """

    text: str
    size: int = 1
    counted: int = 1


# Engines differ in which characters `.` excludes.
ANY_CHARACTER = Form("[^\n]")


def character(sign: str) -> Form:
    """One literal character."""
    return Form(f"\\{sign}" if sign in SPECIAL else sign)


def character_class(ranges: Sequence[tuple[str, str]], negated: bool) -> Form:
    """One character inside, or outside, some ranges of code points."""
    text = "".join(_range(low, high) for low, high in ranges)
    return Form(f"[{'^' if negated else ''}{text}]", len(ranges))


def repetition(part: Form, least: int, most: int | None) -> Form:
    """A repeated part, without an upper bound if `most` is None."""
    times = max(least if most is None else most, 1)
    return Form(part.text + _count(least, most), part.size * times, part.counted * times)


def sequence(parts: Iterable[Form]) -> Form:
    """Parts in sequence. No part is the empty text."""
    return _joined("", list(parts))


def choice(branches: Iterable[Form]) -> Form:
    """A choice between parts."""
    return _joined("|", list(branches))


def group(inner: Form) -> Form:
    """A part in parentheses. Even an empty one has a size, so repeating it is not free."""
    return Form(f"({inner.text})", max(inner.size, 1), inner.counted)


def _joined(between: str, parts: list[Form]) -> Form:
    text = between.join(part.text for part in parts)
    return Form(text, sum(part.size for part in parts), max((part.counted for part in parts), default=1))


def _range(low: str, high: str) -> str:
    ends = [f"\\{end}" if end in SPECIAL_IN_CLASS else end for end in (low, high)]
    return ends[0] if low == high else "-".join(ends)


def _count(least: int, most: int | None) -> str:
    signs: dict[tuple[int, int | None], str] = {(0, None): "*", (1, None): "+", (0, 1): "?"}
    if (least, most) in signs:
        return signs[least, most]
    if most is None:
        return f"{{{least},}}"
    return f"{{{least}}}" if least == most else f"{{{least},{most}}}"
