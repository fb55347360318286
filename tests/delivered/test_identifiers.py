"""Identifiers in the form that platforms want, checked against the platforms' published examples."""

import pytest

from segctl.operations.exports.identifiers import RULES
from segctl.operations.exports.identifiers.google import email
from segctl.operations.exports.identifiers.hashing import sha256
from segctl.operations.exports.identifiers.phone import e164

# https://developers.google.com/data-manager/api/devguides/concepts/formatting
GOOGLE_PAGE = {
    "cloudy.sanfrancisco+shopping@gmail.com": "cloudysanfrancisco@gmail.com",
    "user.name+NYC@Example.com": "user.name+nyc@example.com",
}
# https://github.com/googleads/data-manager-python, tests/formatter_test.py
GOOGLE_LIBRARY = {
    "QuinnY@example.com": "quinny@example.com",
    "QuinnY@EXAMPLE.com": "quinny@example.com",
    "Jefferson.Loves.hiking@gmail.com": "jeffersonloveshiking@gmail.com",
    "Jefferson.LOVES.Hiking@googlemail.com": "jeffersonloveshiking@googlemail.com",
}
GOOGLE_HASHES = [
    ("email", "  ALEXZ@example.com   ", "509e933019bb285a134a9334b8bb679dff79d0ce023d529af4bd744d47b4fd8a"),
    ("phone", "   +1-800-555-0100", "fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30"),
    ("first_name", "  GivenName  ", "128a07bfe2df877c52076e60d7774cf5baaa046c5a6c48daf30ff43ecca2f814"),
    ("last_name", "  FamilyName ", "77762c287e61ce065bee5c15464012c6fbe088398b8057627d5577249430d574"),
    ("country", " uS ", "US"),
    ("postal_code", " 1229-076  ", "1229-076"),
]
# https://developers.facebook.com/docs/marketing-api/conversions-api/parameters/customer-information-parameters
META_HASHES = [
    ("email", "John_Smith@gmail.com", "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"),
    ("phone", "(650)555-1212", "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"),
    ("first_name", "Mary", "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec"),
    ("first_name", "정", "8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14"),
    ("last_name", "Valéry", "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c"),
    ("country", "US", "79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621"),
    ("postal_code", "M1 1AE", sha256("m11ae")),
    ("postal_code", "94035", sha256("94035")),
]


@pytest.mark.parametrize(("written", "wanted"), (GOOGLE_PAGE | GOOGLE_LIBRARY).items())
def test_addresses_as_google_compares_them(written: str, wanted: str) -> None:
    assert email(written) == wanted


@pytest.mark.parametrize(("name", "written", "wanted"), GOOGLE_HASHES)
def test_googles_own_hashes(name: str, written: str, wanted: str) -> None:
    assert RULES["google"]({name: written}, "") == {name: wanted}


@pytest.mark.parametrize(("name", "written", "wanted"), META_HASHES)
def test_metas_own_hashes(name: str, written: str, wanted: str) -> None:
    assert RULES["meta"]({name: written}, "US") == {name: wanted}


def test_what_differs_between_the_two() -> None:
    values = {
        "email": "A.B+c@gmail.com",
        "phone": "+44 20 7946 0000",
        "external_id": "Id 7",
        "postal_code": "94035-1000",
    }
    assert RULES["google"](values, "") == {
        "email": sha256("ab@gmail.com"),
        "phone": sha256("+442079460000"),
        "external_id": "Id 7",
        "postal_code": "94035-1000",
    }
    assert RULES["meta"](values, "") == {
        "email": sha256("a.b+c@gmail.com"),
        "phone": sha256("442079460000"),
        "external_id": sha256("Id 7"),
        "postal_code": sha256("94035"),
    }
    assert RULES["plain"](values, "") == values


@pytest.mark.parametrize("platform", ["google", "meta"])
def test_nothing_is_hashed_twice_and_nothing_comes_of_nothing(platform: str) -> None:
    names = ("email", "phone", "first_name", "last_name", "external_id")
    once = RULES[platform](dict.fromkeys(names, "a@b.example"), "")
    again = RULES[platform](once, "")
    assert again == once
    assert RULES[platform](dict.fromkeys(names, "AB" * 32), "") == dict.fromkeys(names, "AB" * 32)
    assert set(RULES[platform](dict.fromkeys((*names, "country", "postal_code"), "  "), "").values()) == {""}
    assert RULES[platform]({"email": "nobody", "country": "United States"}, "") == {"email": "", "country": ""}


def test_postal_codes_of_the_united_states_alone_are_cut() -> None:
    for country, written, wanted in (
        ("us", "940351000", "94035"),
        ("US", "94035-1000", "94035"),
        ("", "94035-1000", "94035"),
        ("BR", "01310-1000", "013101000"),
        ("gb", "SW1A 1AA", "sw1a1aa"),
    ):
        found = RULES["meta"]({"country": country, "postal_code": written}, "")
        assert found["postal_code"] == sha256(wanted), written


@pytest.mark.parametrize(
    ("written", "country", "wanted"),
    [
        # https://github.com/googleads/data-manager-python, tests/formatter_test.py
        ("+1 800-555-0100", "", "+18005550100"),
        ("1 800 555 0100", "US", "+18005550100"),
        ("+44-113-496-0987", "", "+441134960987"),
        ("441134960987", "GB", "+441134960987"),
        ("(800)555-0100", "US", "+18005550100"),
        ("0044 113 496 0987", "", "+441134960987"),
        ("+44 (0)20 7946 0000", "", "+442079460000"),
        ("020 7946 0000", "GB", "+442079460000"),
        # Italian numbers keep their zero when dialed from abroad.
        ("06 6982 1234", "IT", "+390669821234"),
        # The country is unknown.
        ("020 7946 0000", "", ""),
        ("18005550100", "", ""),
        ("+44 20 7946 0000 ext. 12", "", ""),
        ("020 7946 0000 x12", "GB", ""),
        ("+1 800 FLOWERS", "", ""),
        ("12", "GB", ""),
        ("+0 123 456 7890", "", ""),
        ("+1234567890123456", "", ""),
        ("+", "", ""),
        ("", "GB", ""),
        ("+\u0664\u0664 20 7946 0000", "", ""),
    ],
)
def test_phone_numbers(written: str, country: str, wanted: str) -> None:
    assert e164(written, country) == wanted
