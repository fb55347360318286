"""Patterns of `matches`: parsing, spelling, and that every engine finds what Python finds."""

from pathlib import Path
from random import Random

import pytest

from segctl.conditions.criterion import Criterion
from segctl.conditions.sql import condition
from segctl.language.patterns import PatternProblem, read_pattern
from tests.support.dialect_macros import Dialect
from tests.support.engines import Engine
from tests.support.oracle.values import found_in
from tests.support.strategies.patterns import Drawn, patterns, scribble, texts_around

SPELLED = [
    ("^delivery_", "^delivery_"),
    ("^(jo|mary)-?ann*e$", "^(jo|mary)-?ann*e$"),
    ("a.b", "a[^\n]b"),
    ("x{1}y{0,}z{1,}", "x{1}y*z+"),
    ("x{0,1}y{007}z{2,3}", "x?y{7}z{2,3}"),
    (r"\$5\ \-\#", r"\$5 -#"),
    ("a]b}", r"a\]b\}"),
    ("[-a$&^]", r"[\-a\$\&\^]"),
    (r"[^\]\[%-\-/]", r"[^\]\[%-\-/]"),
    ("[{]{2}x", "[{]{2}x"),
    ("(a{100}){10}", "(a{100}){10}"),
    ("|a()", "|a()"),
]
# Patterns that engines are known to read differently as written, and similar ones.
NOTABLE = (
    *("^.$", "^.*$", "a.b", "a$", "^$", "$", "^", "$a", "a$|b", "(a|$)b?$", "(^|b)a", "(^)*a", "(a$)*", "a^b|c"),
    *("(a*)*", "(a|)*b", "(|a)+b", "a{0}b", "(a{0}){3}b", "a{02}", "()a", "^(a|)$", "|a", "(b|a$|\r)*$"),
    *("\\$$", "[$]$", "[$]", "\\\\$", "[\\\\$]$", "\\.$", "\\$\\$", "$\\$", "\\${2}", "\\^a", "\\[a", "\\ \\#"),
    *("a]", "a}", "[&]", "[a&]", "[-a]", "[a-]", "[^-]", "[a^]", "[|~]", "[{]", "[^a]$", "[^a]b", "[.]", "[:a:]"),
    *("\n", "\n$", "[\n]", "[^\n]", "a\nb", "\u2028$", "\r$", "\u0085$", "^.{2}$"),
    *("é", "[é-日]", "[^é]", "e\u0301", "🙂{2}", "[🙂-🙃]", "[^🙂]", "^[^a]{2}$"),
)
# The maximum size of patterns.
LARGEST = (
    *("(a{100}){10}|b", "((a{5,10}){0,10}){0,10}b", "[^é]{250}" * 19 + "|a", "[\u0101-\U0010fff0]{250}" * 19 + "|b"),
    *("(" * 50 + "a" + ")" * 50, "." * 4999 + "|", "|".join(["ab$"] * 1250)),
)
MACROS = ("matches", "java_pattern", "text")
SCRIBBLED = 300
DRAWN = 300


@pytest.mark.parametrize(("written", "spelled"), SPELLED)
def test_a_pattern_is_spelled_for_every_engine(written: str, spelled: str) -> None:
    assert read_pattern(written).text == spelled


@pytest.mark.parametrize("spelled", [spelled for _, spelled in SPELLED])
def test_the_spelling_of_a_pattern_is_stable(spelled: str) -> None:
    assert read_pattern(spelled).text == spelled


def test_a_definition_keeps_a_pattern_as_it_is_written() -> None:
    assert Criterion("matches", ("^a.b$",), "string", "UTC").canonical == ("matches", "^a.b$")


def test_only_java_spells_the_end_differently() -> None:
    written = r"^\$[\$a\\]*\\$"
    assert Dialect("spark", *MACROS).java_pattern(written) == r"^\$[\$a\\]*\\\z"


def readable(pattern: str) -> bool:
    try:
        read_pattern(pattern)
    except PatternProblem:
        return False
    return True


def drawn_patterns(random: Random) -> list[Drawn]:
    scribbles = [text for text in (scribble(random) for _ in range(SCRIBBLED * 20)) if text and readable(text)]
    notable = [Drawn(pattern, random.choice(["a", "b", "ab", "aab\n", "$", "\\"])) for pattern in NOTABLE * 2 + LARGEST]
    return [
        *notable,
        *(Drawn(text, "aab1"[: random.randrange(5)]) for text in scribbles[:SCRIBBLED]),
        *patterns(random, DRAWN),
    ]


def test_whatever_is_drawn_from_the_grammar_is_read() -> None:
    for drawn in drawn_patterns(Random(1)):
        assert readable(drawn.pattern), drawn.pattern


# Python may one day read `||` in a class differently. The engines do not.
@pytest.mark.filterwarnings("ignore:Possible set:FutureWarning")
def test_every_engine_finds_what_python_finds(engine: Engine, tmp_path: Path) -> None:
    random = Random(engine.name)
    drawn = drawn_patterns(random)
    pairs = [(number, text) for number, one in enumerate(drawn) for text in texts_around(random, one)]
    expected = {at for at, (number, text) in enumerate(pairs) if found_in(drawn[number].pattern, text)}
    assert len(pairs) / 4 < len(expected) < len(pairs) * 3 / 4

    asked = [condition(Criterion("matches", (one.pattern,), "string", "UTC"), "written") for one in drawn]
    branches = " ".join(f"when {number} then {one}" for number, one in enumerate(asked))
    query = Dialect(engine.name, *MACROS).rendered(f"select pair from pairs where case pattern {branches} end")
    rows = [{"pair": at, "pattern": number, "written": text} for at, (number, text) in enumerate(pairs)]
    with engine.cursor(tmp_path) as cursor:
        engine.replace(cursor, "pairs", {"pair": "integer", "pattern": "integer", "written": "varchar"}, rows)
        cursor.execute(query)
        result = {pair for (pair,) in cursor.fetchall()}
        cursor.execute("drop table pairs")
    wrong = [(drawn[pairs[at][0]].pattern, pairs[at][1], at in result) for at in sorted(result ^ expected)]
    assert not wrong, wrong[:10]
