"""Hints for words that people write instead of a key: synonyms, negations, and missing features."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from segctl.errors import listed, nearest
from segctl.language.names import as_name

# Words of people who have not read the language page. Those for one rule type are in its module.
SYNONYMS: Mapping[str, str] = {
    **dict.fromkeys(("greater", "greater_than", "above", "over", "more_than", "min_exclusive"), "gt"),
    **dict.fromkeys(("less", "less_than", "below", "under", "fewer_than"), "lt"),
    **dict.fromkeys(("at_least", "ge", "from", "minimum"), "gte"),
    **dict.fromkeys(("at_most", "le", "maximum", "up_to"), "lte"),
    **dict.fromkeys(("equals", "equal", "equal_to", "value"), "eq"),
    **dict.fromkeys(("one_of", "is_in"), "in"),
    **dict.fromkeys(("any_of", "includes_any", "contains_any"), "has_any"),
    **dict.fromkeys(("all_of", "includes_all", "contains_all"), "has_all"),
    **dict.fromkeys(("not", "neq", "is_not"), "ne"),
    **dict.fromkeys(("none_of", "nin"), "not_in"),
    **dict.fromkeys(("like", "includes"), "contains"),
    **dict.fromkeys(("regex", "regexp", "pattern"), "matches"),
    **dict.fromkeys(("newer_than", "younger_than", "more_recent_than"), "within_last"),
    **dict.fromkeys(("since", "later_than"), "after"),
    **dict.fromkeys(("until", "earlier_than"), "before"),
    **dict.fromkeys(
        ("last", "in_last", "in_the_last", "within", "window", "during", "past", "within_past"), "within_last"
    ),
    **dict.fromkeys(("and", "every"), "all"),
    **dict.fromkeys(("in_next", "in_the_next", "ahead"), "within_next"),
    **dict.fromkeys(("hold_out", "control_group"), "holdout"),
    **dict.fromkeys(("parent", "inherits", "based_on"), "extends"),
    **dict.fromkeys(("waterfall", "exclusive"), "group"),
    **dict.fromkeys(("cap", "max_members"), "limit"),
    **dict.fromkeys(("stay_while", "keep_until", "leave_when"), "keep_while"),
    **dict.fromkeys(("was", "renamed_from", "old_name", "previously", "alias"), "formerly"),
    **dict.fromkeys(("thresholds", "safeguard", "alert"), "guard"),
    **dict.fromkeys(("max_delta", "max_churn", "max_move"), "max_change"),
    **dict.fromkeys(("max_drop", "max_shrink", "max_missing"), "max_loss"),
    **dict.fromkeys(("max_age", "max_delay", "stale_after"), "freshness"),
    **dict.fromkeys(("immutable", "constant", "never_changes", "unchanging"), "fixed"),
    **dict.fromkeys(("scd", "scd2", "versions", "past_values", "snapshot"), "history"),
    **dict.fromkeys(("valid_from", "begins", "starts", "effective_from"), "from"),
    **dict.fromkeys(("valid_to", "ends", "effective_to"), "to"),
    **dict.fromkeys(("quotient", "divide"), "ratio"),
    **dict.fromkeys(("minus", "subtract"), "difference"),
    **dict.fromkeys(("text", "varchar", "char"), "string"),
    **dict.fromkeys(("int", "integer", "bigint", "float", "double", "decimal", "numeric"), "number"),
    **dict.fromkeys(("list", "array"), "strings"),
    "bool": "boolean",
    "datetime": "timestamp",
    "or": "any",
    "nor": "none",
    "count": "times",
    "filter": "where",
    "title": "label",
    "id": "name",
}

# Prefixes, suffixes and infixes that negate a word.
NEGATION = re.compile(
    r"(?:is_not|isnt|does_not|doesnt|do_not|dont|never|no|non|without|excludes?|excluding|lacks)_(?P<later>.+)"
    r"|not_?(?P<joined>.+)|(?P<first>.+)_not(?P<rest>_.+)?"
)
# Words that are negations by themselves.
EXCLUSIONS = ("exclude", "excludes", "excluding", "lacks", "without", "omits")
# Keys with an opposite key, which needs no `not:`.
OPPOSITES = {"eq": "ne", "ne": "eq", "in": "not_in", "not_in": "in", "gt": "lte", "gte": "lt", "lt": "gte", "lte": "gt"}
MISSING = ("missing", "null", "empty", "unset", "blank", "absent")
PRESENT = ("set", "present", "exist", "exists", "filled")
# Rules can compare only coming anniversaries. Past ones are the other days of the year.
PASSED = (
    "use anniversary_within_next; for the 7 days before today write is: set, "
    "and not: {… anniversary_within_next: 358 days}"
)


@dataclass(frozen=True)
class Wording:
    """What people may write instead of a known word.

    `denied` is the hint for a negation, with `{}` for the negated word. `synonyms` are known words by other words.
    """

    denied: str = ""
    synonyms: Mapping[str, str] = field(default_factory=lambda: SYNONYMS)


PLAIN = Wording()


def hint_for_word(word: str, known: list[str], what: str, taken: Collection[str] = (), wording: Wording = PLAIN) -> str:
    """A hint for an unknown word: its synonym, how to negate it, or the nearest known word.

    Otherwise lists the known words in the given order, without those `taken`.
    """
    plain, denied = _plain(word), wording.denied
    if plain.startswith(("anniversary", "birthday")) and "anniversary_within_next" in known and not _denied(plain):
        passed = re.search(r"last|past|before|ago|older|since", plain)
        return PASSED if passed else "did you mean anniversary_within_next?"
    presence = _presence(plain) if "is" in known else ""
    if presence:
        return f"write is: {presence}"
    synonym = wording.synonyms.get(plain, "")
    if synonym in known:
        return f"did you mean {synonym}?"
    if denied and plain in EXCLUSIONS and {"contains", "has"} <= {*known}:
        return f"{denied.format('contains')}, or for a list {denied.format('has').removeprefix('write ')}"
    other = _denied_by(plain, known, wording.synonyms)
    if other and denied:
        opposite = OPPOSITES.get(other, "")
        return f"did you mean {opposite}?" if opposite in known else denied.format(other)
    free = [name for name in known if name not in taken]
    return nearest(word, known) or (listed(free, what) if free else "remove it")


def _denied_by(plain: str, known: list[str], synonyms: Mapping[str, str]) -> str:
    """The known word that another negates (`contains` for `not_contains`), or empty."""
    rest = _denied(plain)
    if not rest:
        return ""
    if rest in known or synonyms.get(rest, "") in known:
        return rest if rest in known else synonyms[rest]
    near = get_close_matches(rest, known, n=1, cutoff=0.75)
    return near[0] if near else ""


def _presence(plain: str) -> str:
    """`set` or `missing` if a word means one of them, or empty."""
    denied = _denied(plain)
    word = re.sub(r"^(is|has|was)_", "", denied or plain)
    if word in MISSING:
        return "set" if denied else "missing"
    if word in PRESENT:
        return "missing" if denied else "set"
    return ""


def _denied(plain: str) -> str:
    """The word that another negates, or empty."""
    match = NEGATION.fullmatch(plain)
    return (match["later"] or match["joined"] or f"{match['first']}{match['rest'] or ''}") if match else ""


def _plain(word: str) -> str:
    """A word in the form of a key: lower case, with underscores. A leading `!` becomes `not`."""
    return f"not_{as_name(word)}" if word.strip().startswith("!") else as_name(word)
