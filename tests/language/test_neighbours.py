"""A change of one definition changes no lines of segments that do not refer to it."""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from segctl.project.project import planned
from segctl.render import render
from tests.support.strategies.definitions import TIMEZONES, as_of_instants, catalog_text, definition_files, dump

Definitions = list[dict[str, Any]]
Lines = dict[str, Counter[str]]
SETS = 12
SEGMENTS = 24


def drawn(count: int = SETS) -> list[Definitions]:
    """Sets of definition files. Each segment refers to earlier ones."""
    result: list[Definitions] = []

    @seed(20260301)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def collect(data: st.DataObject) -> None:
        as_of = data.draw(as_of_instants(TIMEZONES[0]))
        result.append(data.draw(definition_files(as_of, TIMEZONES[0], segments=SEGMENTS, files=3)))

    collect()
    return result


def rendered(files: Definitions, change: Callable[[dict[str, Any]], str] = dump) -> dict[str, str]:
    texts = {f"segments/part_{number}.yml": change(file) for number, file in enumerate(files)}
    texts["segments/catalog.yml"] = catalog_text(TIMEZONES[0])
    return render(planned({path: text.encode() for path, text in texts.items()}))


def lines(files: dict[str, str]) -> Lines:
    return {path: Counter(text.splitlines()) for path, text in files.items()}


def gone(before: Lines, after: Lines) -> list[tuple[str, str]]:
    """The lines of some files that others lack, each with its path."""
    return [
        (path, line)
        for path, counted in sorted(before.items())
        for line in sorted((counted - after.get(path, Counter())).elements())
    ]


def names(files: Definitions) -> list[str]:
    return [segment["name"] for file in files for segment in file["segments"]]


def alone(files: Definitions) -> list[str]:
    """The segments without references to them and without a shared group."""
    texts = {segment["name"]: dump(segment) for file in files for segment in file["segments"]}
    groups = Counter(segment["group"] for file in files for segment in file["segments"] if "group" in segment)
    return [
        segment["name"]
        for file in files
        for segment in file["segments"]
        if groups[segment.get("group", "")] < 2
        and not any(segment["name"] in text for name, text in texts.items() if name != segment["name"])
    ]


def without(files: Definitions, name: str) -> Definitions:
    return [
        {**file, "segments": [segment for segment in file["segments"] if segment["name"] != name]} for file in files
    ]


@pytest.mark.parametrize("number", range(SETS))
def test_a_segment_more_adds_lines_and_takes_none(number: int) -> None:
    files = drawn()[number]
    whole = lines(rendered(files))
    for name in Random(number).sample(alone(files), 6):
        fewer = lines(rendered(without(files, name)))
        assert gone(fewer, whole) == []


@pytest.mark.parametrize("number", range(SETS))
def test_comments_blank_lines_and_places_change_nothing(number: int) -> None:
    files = drawn()[number]
    before = rendered(files)
    assert rendered(files, lambda file: "# one\n\n" + dump(file).replace("\n- ", "\n\n# two\n- ")) == before
    random, moved = Random(number), deepcopy(files)
    for file in moved:
        random.shuffle(file["segments"])
    assert lines(rendered(moved)) == lines(before)


@pytest.mark.parametrize("number", range(SETS))
def test_another_rule_changes_what_it_alone_asks_for(number: int) -> None:
    files = drawn()[number]
    before, random = lines(rendered(files)), Random(number)
    rules = {segment["name"]: segment["rule"] for file in files for segment in file["segments"] if "rule" in segment}
    loose = [name for name in alone(files) if name in rules]
    for name, other in zip(random.sample(loose, 4), random.sample(loose, 4), strict=True):
        edited = deepcopy(files)
        for file in edited:
            for one in file["segments"]:
                one.update({"rule": rules[other]} if one["name"] == name else {})
        after, neither = lines(rendered(edited)), lines(rendered(without(files, name)))
        assert set(gone(before, after)) <= set(gone(before, neither))
        assert set(gone(after, before)) <= set(gone(after, neither))


def another(name: str) -> str:
    """A name of the same length, so that lines break at the same places."""
    return "another_segment"[: len(name)].ljust(len(name), "x")


@pytest.mark.parametrize("number", range(SETS))
def test_a_new_name_changes_the_lines_that_have_it(number: int) -> None:
    files = drawn()[number]
    before = lines(rendered(files))
    for name in Random(number).sample(alone(files), 4):
        renamed = deepcopy(files)
        for file in renamed:
            for one in file["segments"]:
                one["name"] = another(name) if one["name"] == name else one["name"]
        after = lines(rendered(renamed))
        assert [line for _, line in gone(before, after) if name not in line] == []
        assert [line for _, line in gone(after, before) if another(name) not in line] == []
