"""Patterns of the grammar in docs/language.md, and texts that match some of them."""

import string
from random import Random
from typing import NamedTuple

# Line breaks of all kinds, characters of one to four bytes, one of two code points, and special characters of patterns.
ALPHABET = ("a", "b", "B", "1", " ", "\n", "\r", "\u0085", "\u2028", "é", "ß", "İ", "日", "🙂", "\u0301", "'", '"')
PUNCTUATION = tuple("\\.[](){}*+?|^$-&,/_%:#<>~=!")
MEANT = frozenset("\\.[(){*+?|^$")
CHARACTERS = (*ALPHABET, *ALPHABET, *PUNCTUATION)
RANGES = (("a", "z"), ("A", "Z"), ("0", "9"), ("é", "日"), (" ", "/"), ("\\", "^"), ("\t", "\r"), ("🙂", "🙃"))
# Random results of these. Most are no patterns.
SCRIBBLES = "aab1\n.[[]](()){}*+?|^$\\-,&:é[]()|*+?{2}"
LONGEST_EXAMPLE = 14


class Drawn(NamedTuple):
    """A pattern, and a text that it matches unless its anchors forbid it."""

    pattern: str
    example: str


def patterns(random: Random, count: int) -> list[Drawn]:
    """This number of patterns, the same for the same seed."""
    return [_anchored(random, _choice(random, 2)) for _ in range(count)]


def scribble(random: Random) -> str:
    """A few signs that patterns are made of, in no order."""
    return "".join(random.choices(SCRIBBLES, k=random.randrange(2, 11)))


def texts_around(random: Random, drawn: Drawn) -> list[str]:
    """Texts that match the pattern, and texts that nearly match."""
    example = drawn.example[:LONGEST_EXAMPLE]
    at = random.randrange(len(example) + 1)
    breaks = [f"{example}\n", f"\n{example}", f"{example}\r\n", f"a\n{example}\n\nb", f"{example}\u2028"]
    changed = [example[:at] + random.choice(CHARACTERS) + example[at + cut :] for cut in (0, 1)]
    strange = ["".join(random.choices(CHARACTERS, k=random.randrange(1, 6))) for _ in range(2)]
    return list(
        dict.fromkeys([example, "", example[:at] + example[at + 1 :], *changed, *random.sample(breaks, 3), *strange])
    )


def _anchored(random: Random, drawn: Drawn) -> Drawn:
    before, after = random.choice(["", "^"]), random.choice(["", "$"])
    inner = f"({drawn.pattern})" if "|" in drawn.pattern else drawn.pattern
    return Drawn(before + inner + after, drawn.example) if before or after else drawn


def _choice(random: Random, depth: int) -> Drawn:
    branches = [_sequence(random, depth) for _ in range(random.choice([1, 1, 1, 2, 3]))]
    return Drawn("|".join(branch.pattern for branch in branches), random.choice(branches).example)


def _sequence(random: Random, depth: int) -> Drawn:
    parts = [_part(random, depth) for _ in range(random.choice([0, 1, 2, 2, 3, 4]))]
    return Drawn("".join(part.pattern for part in parts), "".join(part.example for part in parts))


def _part(random: Random, depth: int) -> Drawn:
    form = random.choice(["literal"] * 5 + ["class"] * 3 + ["any"] * 2 + ["group"] * 2 * (depth > 0) + ["anchor"])
    if form == "anchor":
        return Drawn(random.choice("^$"), "") if random.random() < 0.3 else Drawn(".", "x")
    if form == "group":
        inner = _choice(random, depth - 1)
        return _repeated(random, Drawn(f"({inner.pattern})", inner.example))
    if form == "class":
        return _repeated(random, _class(random))
    if form == "any":
        return _repeated(random, Drawn(".", random.choice([c for c in CHARACTERS if c != "\n"])))
    character = random.choice(CHARACTERS)
    return _repeated(random, Drawn(_literal(random, character, MEANT), character))


def _literal(random: Random, character: str, meant: frozenset[str]) -> str:
    may = character in string.punctuation or character == " "
    return f"\\{character}" if character in meant or (may and random.random() < 0.3) else character


def _class(random: Random) -> Drawn:
    items = [random.choice(RANGES) if random.random() < 0.4 else (c, c) for c in random.choices(CHARACTERS, k=3)]
    items = items[: random.randrange(1, 4)]
    negated = random.random() < 0.4
    written = [_item(random, low, high) for low, high in items]
    chosen = [c for c in CHARACTERS if any(low <= c <= high for low, high in items) is not negated]
    example = random.choice(chosen or ["x"])
    return Drawn(f"[{'^' if negated else ''}{random.choice(['', '', '-'])}{''.join(written)}]", example)


def _item(random: Random, low: str, high: str) -> str:
    ends = [_literal(random, end, frozenset("\\[]^-&")) for end in (low, high)]
    return ends[0] if low == high else "-".join(ends)


def _repeated(random: Random, drawn: Drawn) -> Drawn:
    if random.random() < 0.5:
        return drawn
    least = random.choice([0, 0, 1, 2, 3])
    # Groups seldom, because counts within counts have a limit.
    most = least + random.choice([0, 1, 2, 2 if drawn.pattern.startswith("(") else 25])
    written = random.choice(["*", "+", "?", f"{{{least}}}", f"{{{least},}}", f"{{{least},{most}}}", f"{{0{least}}}"])
    times = {"*": 2, "+": 1, "?": 1}.get(written, least)
    return Drawn(drawn.pattern + written, drawn.example * times)
