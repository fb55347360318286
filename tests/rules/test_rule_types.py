"""Each rule type is a module that is listed once, and it has its own words."""

import json
from collections import Counter
from pathlib import Path

import pytest

from segctl import rules
from segctl.language.synonyms import SYNONYMS
from segctl.rules import COMBINATORS, NAMES, RULE_TYPES

FOLDER = Path(rules.__file__).parent
INTERFACE = ("KEYS", "NESTED", "DESCRIPTIONS", "SYNONYMS", "parse", "schemas", "resolve", "say")


def test_the_folder_holds_rule_types_alone_and_all_are_listed() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} - {"__init__"} == set(NAMES)
    assert len(set(NAMES)) == len(NAMES)
    assert not set(NAMES) & set(COMBINATORS)


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_type_is_complete(name: str) -> None:
    kind = RULE_TYPES[name]
    assert [one for one in INTERFACE if not hasattr(kind, one)] == []
    assert name in kind.DESCRIPTIONS
    assert set(kind.SYNONYMS.values()) <= {name, *kind.KEYS}
    assert set(kind.NESTED) <= {name, *kind.KEYS}


@pytest.mark.parametrize("name", NAMES)
def test_editors_show_each_description(name: str) -> None:
    forms = json.dumps(RULE_TYPES[name].schemas(), ensure_ascii=False)
    missing = [text for text in RULE_TYPES[name].DESCRIPTIONS.values() if json.dumps(text) not in forms]
    assert missing == []


def test_a_word_is_a_synonym_of_one_key() -> None:
    words = Counter(word for kind in RULE_TYPES.values() for word in kind.SYNONYMS)
    assert [word for word, times in words.items() if times > 1 or word in SYNONYMS] == []
