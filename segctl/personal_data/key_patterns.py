"""The keys of people as patterns, to find them in any text."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WORD = re.compile(rb"[\w-]+")


@dataclass(frozen=True)
class KeyPatterns:
    """The keys of an entity's members to search for.

    Texts other than exports are searched for all forms of a key: by the first word of a form, so that the number of
    keys does not matter, and by one pattern for the few forms that start with no word.
    """

    entity: str
    keys: frozenset[str]
    by_word: Mapping[bytes, Sequence[str]]
    others: re.Pattern[bytes] | None

    def occurs_in(self, content: bytes) -> bool:
        """Whether a key is in a text, not as part of a longer word or number."""
        if self.others and self.others.search(content):
            return True
        matches = ((match.start(), self.by_word.get(match[0], ())) for match in WORD.finditer(content))
        return any(
            content.startswith(form.encode(), start) and re.compile(_written(form)).match(content, start)
            for start, forms in matches
            for form in forms
        )


def key_patterns(entity: str, keys: Sequence[str]) -> KeyPatterns:
    """The patterns of these keys of an entity's members."""
    by_word: dict[bytes, list[str]] = {}
    others = []
    for form in sorted({form for key in keys for form in _forms(key)}):
        word = WORD.match(form.encode())
        if word and word[0][:1] != b"-":
            by_word.setdefault(word[0], []).append(form)
        else:
            others.append(_written(form))
    return KeyPatterns(entity, frozenset(keys), by_word, re.compile(b"|".join(others)) if others else None)


def _forms(key: str) -> set[str]:
    """The forms of a key in logs and artifacts: plain, as an SQL literal, and each as JSON, up to twice."""
    forms = {key, key.replace("'", "''")}
    for _ in range(2):
        forms |= {json.dumps(form, ensure_ascii=plain)[1:-1] for form in forms for plain in (True, False)}
    return forms


def _written(form: str) -> bytes:
    """A pattern for a text that is not inside a longer word or number."""
    before = rb"(?<![\w-])(?<!\w\.)" if re.match(r"\w", form) else b""
    after = rb"(?![\w-]|\.\w)" if re.search(r"\w$", form) else b""
    return before + re.escape(form.encode()) + after
