"""The oracle's `sql` against examples worked out by hand."""

from datetime import date
from decimal import Decimal

import pytest

from tests.support.oracle.example import bought, catalog, happened, person, shop, takes
from tests.support.oracle.sql import expression_holds, tokens_of
from tests.support.oracle.values import Value

VALUES: dict[str, Value] = {
    "one": Decimal(1),
    "two": Decimal(2),
    "half": Decimal("0.5"),
    "no_number": None,
    "name": "Ann",
    "empty": "",
    "no_text": None,
    "yes": True,
    "no": False,
    "unknown": None,
    "early": date(2024, 1, 1),
    "late": date(2024, 2, 1),
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("yes", True),
        ("unknown", False),  # NULL in the end is false
        ("not unknown", False),
        ("TRUE AND Not no", True),
        # Three-valued logic.
        ("unknown or yes", True),
        ("(unknown or no) is null", True),
        ("(unknown and yes) is null", True),
        ("(unknown and no) is not null", True),
        ("not (unknown and no)", True),
        ("(not unknown) is null", True),
        # Comparisons; with a missing value they are NULL.
        ("one = 1.0", True),
        ("one <> 1", False),
        ("one != 2", True),
        ("half < one and one <= 1 and two > one and two >= 2.000000", True),
        ("no_number = no_number", False),
        ("(no_number <> 1) is null", True),
        ("not (no_number = 1)", False),
        ("name = 'Ann'", True),
        ("name = 'ann'", False),
        ("early < late", True),
        ("yes = true", True),
        ("no <> yes", True),
        # is
        ("unknown is null", True),
        ("empty is null", False),
        ("unknown is not true", True),
        ("unknown is true", False),
        ("no is not true and no is false and unknown is not false", True),
        ("one = 2 is false", True),  # `is` is looser than a comparison
        ("not unknown is null", False),  # and tighter than not
        # between, in and like
        ("two between one and 2", True),
        ("two not between 0 and one + half", True),
        ("(two between no_number and 3) is null", True),
        ("(two between 3 and no_number) is not null", True),  # false and unknown
        ("two not between 3 and no_number", True),
        ("two between 1 and 3 and no", False),
        ("one in (2, half * 2)", True),
        ("one not in (2, 3)", True),
        ("(one in (2, no_number)) is null", True),
        ("one in (1, no_number)", True),
        ("(one not in (2, no_number)) is null", True),
        ("name in ('Bob', 'Ann')", True),
        ("name like 'A%'", True),
        ("name like 'a%'", False),
        ("name like '_nn'", True),
        ("name like '_n'", False),
        ("name not like '%x%'", True),
        ("empty like '%'", True),
        ("'a.c' like 'a.c' and 'abc' not like 'a.c'", True),
        ("(no_text like '%') is null", True),
        # Arithmetic: * before + and -, from left to right, exactly.
        ("one + two * 3 = 7", True),
        ("(one + two) * 3 = 9", True),
        ("10 - 3 - two = 5", True),
        ("-one - -two = 1", True),
        ("2 * -two = -4", True),
        ("+one = 1", True),
        ("0.1 + 0.2 = 0.3", True),
        ("0.000001 * 0.000001 > 0", True),
        ("123456789012345.678901 * 1000000 = 123456789012345678901", True),
        ("(one + no_number) is null", True),
        ("(no_number * 0) is null", True),
        # or is looser than and, and not tighter than both
        ("yes or no and no", True),
        ("(yes or no) and no", False),
        ("not no and no", False),
        ("not one = 2", True),
        # Functions
        ("coalesce(no_number, no_number, two) = 2", True),
        ("coalesce(no_text, '') = ''", True),
        ("coalesce(no_text, no_text) is null", True),
        ("abs(-123456789012345678901.000001) = 123456789012345678901.000001", True),
        ("abs(no_number) is null", True),
        ("lower('AbC') = 'abc' and upper(name) = 'ANN'", True),
        ("length(empty) = 0 and length('日本') = 2", True),
        ("length(no_text) is null", True),
        ("least(two, no_number, one) = 1", True),
        ("greatest(two, no_number, one) = 2", True),
        ("least(no_number, no_number) is null", True),
        ("greatest(early, late) = late", True),
        # case
        ("case when unknown then no when yes then yes end", True),
        ("case when no then yes end", False),
        ("case when no then 1 else 2 end = 2", True),
        ("case name when 'Bob' then 1 when 'Ann' then 2 else 3 end * 2 = 4", True),
        ("case no_text when no_text then yes else no end", False),
        # Texts
        ("'it''s' = 'it''s' and length('it''s') = 4", True),
        ("'and' <> 'AND'", True),
        ("name<>'--;' and(yes)", True),
        ("name = 'Ann'\n  and yes\n", True),
    ],
)
def test_expressions(expression: str, expected: bool) -> None:
    assert expression_holds(expression, VALUES.__getitem__) is expected


def test_what_is_not_of_the_language_is_no_token() -> None:
    with pytest.raises(ValueError, match="not of the language"):
        tokens_of("one / two")


def test_names_are_those_of_attributes_and_metrics() -> None:
    people = [person(1, a="London"), person(2), person(3, a="Leeds", n=2.0000004)]
    rows = shop(people, orders=[*bought(30, 10, 10), happened("2024-03-02", 1, amount=10)])
    assert takes("sql: spent > 1.5 * mean and coalesce(a, '') <> 'Leeds'", rows) == {1}
    assert takes("{sql: a <> 'London'}", rows) == {3}
    assert takes("{not: {sql: a <> 'London'}}", rows) == {1, 2}
    assert takes("{sql: n = 2}", rows) == {3}
    assert takes("{sql: mean_of_two = 20 or per_visit is not null}", rows) == {1}
    assert "spent" in catalog()["metrics"]
