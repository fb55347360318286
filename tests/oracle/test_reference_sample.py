"""The oracle's `sample`, `experiment` and `holdout` against examples worked out by hand."""

from fractions import Fraction
from hashlib import md5

import pytest

from tests.support.oracle.example import person, shop, takes
from tests.support.oracle.reference import load
from tests.support.oracle.sample import point, sampled, takes_part, variant_of
from tests.support.oracle.values import share

EVERYBODY = range(1, 401)


def fraction(text: str) -> Fraction:
    return Fraction(int(md5(text.encode()).hexdigest()[:8], 16), 16**8)


def test_points_are_the_first_eight_digits() -> None:
    # printf 'spring:1' | md5sum
    assert point("spring", 1) == point("spring", "1") == Fraction(0xC993CC13, 16**8)
    assert point("a:b", "c") == point("a", "b:c")


@pytest.mark.parametrize(
    ("text", "expected"), [("12.5%", Fraction(1, 8)), ("0.0001%", Fraction(1, 10**6)), ("100%", 1)]
)
def test_shares(text: str, expected: Fraction) -> None:
    assert share(text) == expected


def test_a_point_equal_to_the_share_is_out() -> None:
    half = next(key for key in EVERYBODY if point("s", key) > Fraction(1, 2))
    assert not sampled("50%", "s", half)
    assert sampled("100%", "s", half)


def test_growing_a_share_only_adds_people() -> None:
    def chosen(wanted: str) -> set[int]:
        return {key for key in EVERYBODY if sampled(wanted, "spring", key)}

    assert chosen("10%") < chosen("12.5%") < chosen("60%") < chosen("100%") == set(EVERYBODY)
    assert chosen("50%") == {key for key in EVERYBODY if fraction(f"spring:{key}") < Fraction(1, 2)}


def test_samples_as_rules() -> None:
    people = [person(f"k{key}") for key in EVERYBODY]
    expected = {f"k{key}" for key in EVERYBODY if fraction(f"spring:k{key}") < Fraction(1, 5)}
    assert takes("{sample: 20%, salt: spring}", shop(people)) == expected


def test_holdout_and_experiments() -> None:
    rows = shop(400)
    held = {key for key in EVERYBODY if fraction(f"holdout:{key}") < Fraction(1, 2)}
    assert takes("{holdout: true}", rows) == held
    assert takes("{holdout: false}", rows) == set(EVERYBODY) - held
    drawn = {key for key in EVERYBODY if fraction(f"experiment:offer:{key}") < Fraction(1, 2)}
    assert drawn & held
    assert takes("{experiment: offer}", rows) == drawn - held  # the holdout takes part in no experiment
    # In the order of their names: control has the points below a half.
    control = {key for key in EVERYBODY if fraction(f"variant:offer:{key}") < Fraction(1, 2)}
    assert takes("{experiment: offer, variant: control}", rows) == (drawn - held) & control
    assert takes("{experiment: offer, variant: voucher}", rows) == (drawn - held) - control
    # All customers take part unless a share is given.
    assert takes("{experiment: letter}", rows) == set(EVERYBODY) - held
    long = {key for key in EVERYBODY if fraction(f"variant:letter:{key}") < Fraction(7, 8)}
    assert takes("{experiment: letter, variant: long}", rows) == long - held


def test_without_a_holdout_nobody_is_held_out() -> None:
    declared = load("experiments: {it: {variants: {only: 100%}}}")
    assert all(takes_part(declared, "it", "only", key) for key in EVERYBODY)
    assert {variant_of("it", {"b": "50%", "a": "50%"}, key) for key in EVERYBODY} == {"a", "b"}
