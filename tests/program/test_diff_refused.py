"""`segctl diff` where it cannot compare: wrong usage, broken definitions and missing revisions."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.shops.demo_project import segctl
from tests.support.shops.demo_repository import diff_data, edit, git, shop

__all__ = ["shop"]


Spoil = Callable[[Path], None]


def other_branch(shop: Path) -> None:
    git(shop, "branch", "--move", "main", "trunk")


def no_repository(shop: Path) -> None:
    (shop / ".git").rename(shop / "git_of_another")


def no_definitions(shop: Path) -> None:
    git(shop, "rm", "--quiet", "-r", "--cached", "segments")
    git(shop, "commit", "--quiet", "--message", "Nothing")


@pytest.mark.parametrize(
    ("spoil", "arguments", "message", "hint"),
    [
        (None, ("--against", "nowhere"), 'there is no version "nowhere"', "a branch, a tag, a commit"),
        (None, ("--against", ""), "--against is empty", "perhaps a variable in the script is not set"),
        (None, ("--against", "~nobody_x/zz"), 'there is no version "~nobody_x/zz"', "a branch"),
        (None, ("--against", "a" * 5_000), 'there is no version "aaaa', "a branch"),
        (None, ("--against", "^HEAD"), 'there is no version "^HEAD"', "a branch"),
        (None, ("--against", "--help-me"), 'there is no version "--help-me"', "a branch"),
        (other_branch, (), "there is no main branch", "segctl diff --against REF"),
        (no_repository, (), "is not in a git repository", "--against DIR"),
        (no_definitions, ("--against", "HEAD"), "there is no segments/catalog.yml at", "--against REF"),
        (None, ("vipp",), "there is no segment vipp in either version", ""),
        (None, ("--as-of", "tomorrow"), '--as-of "tomorrow" is not an instant', "a day (2024-12-31)"),
        (None, ("--as-of", "2190-01-01"), "is more than a day ahead of the clock", ""),
        (None, ("--from", "2025-12-29"), "is not before --to the last run", ""),
        (None, ("--to", "2025-12-29"), "--to needs --from", ""),
        (None, ("--from", "2025-12-22", "--sql"), "--from and --to compare instants of the history", ""),
        (None, ("--from", "2025-12-22", "vipp"), "no run knows a segment vipp", "did you mean vip?"),
        (None, ("--json", "--markdown"), "exclude each other", ""),
    ],
)
def test_wrong_usage(shop: Path, spoil: Spoil | None, arguments: tuple[str, ...], message: str, hint: str) -> None:
    if spoil:
        spoil(shop)
    outcome = segctl(shop, "diff", *arguments)
    assert outcome.code == 2
    assert message in outcome.err
    assert hint in outcome.err
    assert "Traceback" not in outcome.err
    assert not outcome.out


def test_a_shallow_clone(shop: Path, tmp_path: Path) -> None:
    for number in range(2):
        edit(shop, "loyalty.yml", ("version: 1\n", f"version: 1\n# {number}\n"))
        git(shop, "commit", "--quiet", "--all", "--message", "More")
    git(shop, "switch", "--quiet", "main")
    clone = tmp_path / "clone"
    command = ["git", "clone", "--quiet", "--depth", "1", "--branch", "edits", f"file://{shop}", str(clone)]
    subprocess.run(command, check=True)
    for arguments in ((), ("--against", "origin/main")):
        outcome = segctl(clone, "diff", *arguments)
        assert outcome.code == 2
        assert "shallow" in outcome.err
        assert "fetch-depth: 0" in outcome.err


def test_broken_definitions(shop: Path) -> None:
    edit(shop, "loyalty.yml", ("{metric: lifetime_value, gte: 500}", "{metric: lifetime_valu, gte: 500}"))
    outcome = segctl(shop, "diff")
    assert outcome.code == 3
    assert 'unknown metric "lifetime_valu"' in outcome.err
    git(shop, "commit", "--quiet", "--all", "--message", "Broken")
    edit(
        shop,
        "loyalty.yml",
        ("{metric: lifetime_valu, gte: 500}", "{metric: lifetime_value, gte: 500}"),
        ("{metric: lifetime_value, gt: 100}", "{metric: lifetime_value, gt: 120}"),
    )
    data = diff_data(shop, "--against", "HEAD")
    assert [segment["segment"] for segment in data["segments"]] == ["spent_over_100"]
    assert [(one["code"], one["message"]) for one in data["left_out"]] == [
        ("unknown-metric", 'unknown metric "lifetime_valu"')
    ]
    assert "left out of the former version: HEAD:segments/loyalty.yml:" in segctl(shop, "diff", "--against", "HEAD").out


def test_what_is_no_file_in_a_former_version(shop: Path) -> None:
    """A nested repository, a link, a name that is not UTF-8, and a file of another encoding."""
    commit = git(shop, "rev-parse", "HEAD")
    git(shop, "update-index", "--add", "--cacheinfo", f"160000,{commit},segments/within.yml")
    (shop / "segments" / "link.yml").symlink_to("value.yml")
    git(shop, "add", "segments/link.yml")
    name = b"segments/caf\xe9.yml"
    (shop / "segments" / "traits.yml").write_bytes(b"version: 1\n# \xe9\n")
    blob = git(shop, "hash-object", "-w", "segments/value.yml")
    entry = b"100644," + blob.encode() + b"," + name
    command = [b"git", b"-C", bytes(shop), b"update-index", b"--add", b"--cacheinfo", entry]
    subprocess.run(command, check=True)
    git(shop, "add", "segments/traits.yml")
    git(shop, "commit", "--quiet", "--message", "Odd")
    git(shop, "checkout", "--quiet", "main", "--", "segments/traits.yml")
    (shop / "segments" / "link.yml").unlink()
    outcome = segctl(shop, "diff", "--against", "HEAD", "--json")
    assert outcome.code in (0, 1), outcome.err
    assert "Traceback" not in outcome.err
    wrong = {one["code"]: one["source"] for one in outcome.data["left_out"]}
    assert wrong.keys() >= {"not-utf-8", "bad-name"}
    assert wrong["not-utf-8"].startswith("HEAD:segments/traits.yml:2:")
    # Its segments are not reported as new.
    assert not [
        segment for segment in outcome.data["segments"] if segment["what"] == "added" and "traits" in segment["source"]
    ]


def test_a_tag_is_no_main_branch(shop: Path) -> None:
    edit(shop, "loyalty.yml", ("{metric: lifetime_value, gt: 100}", "{metric: lifetime_value, gt: 120}"))
    git(shop, "commit", "--quiet", "--all", "--message", "Edit")
    git(shop, "tag", "main")
    assert [segment["segment"] for segment in diff_data(shop)["segments"]] == ["spent_over_100"]


def test_what_fails_is_no_difference(shop: Path) -> None:
    (shop / "segments" / "catalog.yml").rename(shop / "catalog.yml")
    outcome = segctl(shop, "diff")
    assert (outcome.code, "there is no segments/catalog.yml" in outcome.err) == (3, True)
