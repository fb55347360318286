"""Control characters never reach a terminal: their replacements, and that nothing else changes."""

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from segctl.errors import LONGEST_QUOTE, WIDEST_LINE, Mark, Problem, Report, described, quoted
from segctl.errors.visible import in_a_line, visible, visible_json
from segctl.language.literals import plain

# What reorders text (Trojan Source), by Unicode's names.
REORDERS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("\x00\x1b\x7f\x85\x9b\t\r\n\u2028\u202e\u2066\ud800")))


def commands(text: str) -> list[str]:
    """The characters of a text that a terminal or a reader would not take for text."""
    return [
        one
        for one in text
        if unicodedata.category(one) in ("Cc", "Zl", "Zp", "Cs") or unicodedata.bidirectional(one) in REORDERS
    ]


@given(TEXTS)
def test_no_control_character_is_left(text: str) -> None:
    assert set(commands(visible(text))) <= {"\t", "\n"}
    assert commands(in_a_line(text)) == []
    visible(text).encode("utf-8")
    assert commands(plain(text)) == []


@given(TEXTS)
def test_json_means_what_it_meant(text: str) -> None:
    told = visible_json(json.dumps({"name": text}, indent=2, ensure_ascii=False))
    assert set(commands(told)) <= {"\n"}
    assert json.loads(told) == {"name": text}


def test_what_is_shown() -> None:
    assert visible("a\x1b[31mb\x9b\u202ec\td\r\n") == "a\\x1b[31mb\\x9b\\u202ec\td\\r\n"
    assert in_a_line("a\tb\nc\\") == "a\\tb\\nc\\"
    assert visible_json('"\x7f\U000e0041"') == '"\\u007f\\udb40\\udc41"'
    # What people write with stays: joiners of Persian and of emoji too.
    for text in ("£ é 日本 שלום", "نمی\u200cشود", "👩\u200d🚀", "a\xa0b"):
        assert in_a_line(text) == text


@given(st.text(st.sampled_from("a\x1b\t\x7f\u202e é"), max_size=200), st.data())
def test_the_caret_stands_below_its_character(text: str, data: st.DataObject) -> None:
    column = data.draw(st.integers(1, len(text) + 1))
    problem = Problem(Mark("f.yml", 1, column), "code", "message")
    lines = described(problem, {"f.yml": text}).split("\n")
    if len(lines) == 1:
        assert not text
        return
    _, line, caret = lines
    assert len(line) <= WIDEST_LINE + 6
    shown = in_a_line(text[column - 1 :].replace("\t", " "))
    at = caret.index("^")
    assert line[at:].rstrip("…") == shown[: len(line[at:].rstrip("…"))]


def test_what_a_problem_quotes_is_cut() -> None:
    report = Report()
    report.add(Mark("f.yml", 1, 1), "code", f'unknown key "{"s" * 5000}" in a segment', f'not "{"t" * 5000}" but')
    report.add(Mark("f.yml", 1, 1), "code", "u" * 5000, "v" * 5000)
    first, second = report.problems
    assert first.message == f'unknown key "{"s" * LONGEST_QUOTE}…" in a segment'
    assert first.hint == f'not "{"t" * LONGEST_QUOTE}…" but'
    assert (second.message, second.hint) == (f"{'u' * LONGEST_QUOTE}…", f"{'v' * LONGEST_QUOTE}…")
    assert quoted("short") == "short"


def test_a_message_is_one_line() -> None:
    told = described(Problem(Mark("segments/a\nb.yml", 1, 1), "code", "one\ntwo\x1b[2J", "three\x1b"), {})
    assert told == "segments/a\\nb.yml:1:1: one\\ntwo\\x1b[2J [code]\n  hint: three\\x1b"
