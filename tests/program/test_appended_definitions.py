"""Definitions appended to the text of a file: nothing else changes."""

import pytest
import yaml

from segctl.errors import Failure
from segctl.operations.definitions.definition_files import Unquoted, appended, definition_lines, new_file

DEFINITION = {
    "name": "new_one",
    "label": "Quotes \"of\" all 'kinds': #1",
    "tags": ["a", "no"],
    "rule": {"all": [{"attribute": "country", "eq": "NO"}, {"any": [{"event": "order"}, {"segment": "vip"}]}]},
}
LINES = definition_lines(DEFINITION)
ITEM = "- name: a\n    rule: {event: order}\n"
FILES = {
    "as it is": f"version: 1\nsegments:\n  {ITEM}",
    "without indent, nor an end of the last line": "version: 1\nsegments:\n- name: a\n  rule: {event: order}",
    "comments": f"# top\nversion: 1\nsegments: # these\n\n  # of a\n  {ITEM}  # last\n# of all\n",
    "another key below": "segments:\n  - {name: a, rule: {event: order}}\n\n# the version\nversion: 1\n",
    "a text of several lines": f"version: 1\nsegments:\n  {ITEM}    description: |\n      one\n\n      # two\n",
    "brackets": "version: 1\nsegments: [{name: a, rule: {event: order}}]  # b\n",
    "brackets and a comma": "version: 1\nsegments: [\n  {name: a, rule: {event: order}},\n]\n",
    "braces": "{version: 1, segments: [{name: a, rule: {event: order}}]}\n",
    "a mark of the encoding": f"\ufeffversion: 1\nsegments:\n  {ITEM}",
}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("name", FILES)
def test_a_definition_is_added_and_nothing_else_changed(name: str, ends: str) -> None:
    before = FILES[name].replace("\n", ends)
    after = appended("x.yml", before, DEFINITION, LINES)
    was, now = (yaml.safe_load(text.removeprefix("\ufeff")) for text in (before, after))
    assert now == {**was, "segments": [*was["segments"], DEFINITION]}
    # Every earlier character is still there, in order, in one piece before and one after.
    added = len(after) - len(before)
    assert any(after[:at] + after[at + added :] == before for at in range(len(before) + 1))
    if ends == "\r\n":
        assert "\n" not in after.replace("\r\n", "")


@pytest.mark.parametrize("before", ["version: 1\nsegments:\n  - {name: a}\n...\n", "version: 1\n", "", "- a\n"])
def test_a_place_that_is_not_found_for_certain(before: str) -> None:
    with pytest.raises(Failure, match=r"the end of segments: in x\.yml is not found for certain"):
        appended("x.yml", before, DEFINITION, LINES)


def test_definitions_as_people_write_them() -> None:
    rule = {"metric": "order_count", "gte": Unquoted("3"), "within_last": Unquoted("60 days")}
    assert definition_lines({"name": "x", "rule": rule}) == [
        "- name: x",
        "  rule: {metric: order_count, gte: 3, within_last: 60 days}",
    ]
    assert new_file(definition_lines({"name": "x", "rule": {"any": [rule, rule]}}), False).splitlines()[2:] == [
        "  - name: x",
        "    rule:",
        "      any:",
        "        - {metric: order_count, gte: 3, within_last: 60 days}",
        "        - {metric: order_count, gte: 3, within_last: 60 days}",
    ]
    assert yaml.safe_load("\n".join(LINES)) == [DEFINITION]
