r"""What a pattern consists of, and how engines are told of it.

One spelling serves all engines but for the end of the text: in it `$` stands for the end alone, and a literal dollar
is `\$`. Where an engine's own `$` means more, the macro `matches` replaces it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SPECIAL = frozenset(r"\.[](){}*+?|^$")
SPECIAL_IN_CLASS = frozenset(r"\[]^-&$")


@dataclass(frozen=True)
class Form:
    """A part of a pattern, or the whole.

    `spelled` is how every engine reads it alike. `size` is how many characters and ranges it has when all that it
    counts is written out, `counted` how often its innermost part stands there, counts within counts multiplied.
    """

    spelled: str
    size: int = 1
    counted: int = 1


# What `.` leaves out differs between engines.
ANY_CHARACTER = Form("[^\n]")


def character(sign: str) -> Form:
    """One character that stands for itself."""
    return Form(f"\\{sign}" if sign in SPECIAL else sign)


def character_class(ranges: Sequence[tuple[str, str]], negated: bool) -> Form:
    """One character within some ranges of code points, or outside of them all."""
    spelled = "".join(_range(low, high) for low, high in ranges)
    return Form(f"[{'^' if negated else ''}{spelled}]", len(ranges))


def repetition(part: Form, least: int, most: int | None) -> Form:
    """A part several times; where nothing says how often at most, as often as it stands there."""
    times = max(least if most is None else most, 1)
    return Form(part.spelled + _count(least, most), part.size * times, part.counted * times)


def sequence(parts: Iterable[Form]) -> Form:
    """Parts one after another; none is the empty text."""
    return _joined("", list(parts))


def choice(branches: Iterable[Form]) -> Form:
    """One of several."""
    return _joined("|", list(branches))


def group(inner: Form) -> Form:
    """A part in parentheses; an empty one has a size, too, so that repeating it is not free."""
    return Form(f"({inner.spelled})", max(inner.size, 1), inner.counted)


def _joined(between: str, parts: list[Form]) -> Form:
    spelled = between.join(part.spelled for part in parts)
    return Form(spelled, sum(part.size for part in parts), max((part.counted for part in parts), default=1))


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
