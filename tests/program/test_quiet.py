"""`-q`: only errors, and the data that a command returns."""

from pathlib import Path

import pytest

from tests.support.shops.demo_project import Outcome, demo, segctl


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo shop before its first run."""
    return demo(tmp_path_factory.mktemp("quiet"))


def test_finished_steps_are_not_reported(shop: Path) -> None:
    for arguments in (("-q", "validate"), ("validate", "--quiet"), ("render", "-q"), ("-q", "schema", "--check")):
        assert segctl(shop, *arguments) == Outcome(0, "", "")
    assert segctl(shop, "-q", "render", "--json").data["segments"] == 61
    assert segctl(shop, "-q", "new", "--name", "quiet", "--rule", "{event: order}") == Outcome(0, "", "")
    assert (shop / "segments" / "quiet.yml").is_file()
    outcome = segctl(shop, "-q", "render", "--check")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("segctl: the committed models are stale\n")


def test_answers_are_given_without_notes(shop: Path) -> None:
    # Otherwise it would explain why there are no sizes.
    quiet = segctl(shop, "list", "-q")
    assert quiet.out.startswith("segment ")
    assert quiet.err == ""
