"""The demo shop as a git repository with a branch for edits, and the output of `segctl diff` on it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pytest

from tests.support.shops.demo_project import copied, segctl

SCHEMA = json.loads(Path("docs/diff.schema.json").read_text(encoding="utf-8"))


def git(shop: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=test", "-c", "user.email=test@shop.example")
    command = ["git", "-C", str(shop), *identity, *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.strip()


def edit(shop: Path, file: str, *changes: tuple[str, str]) -> None:
    path = shop / "segments" / file
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def shop(demo_after_two_runs: Path, tmp_path: Path) -> Path:
    """A branch of the demo shop's repository without edits."""
    repository = copied(demo_after_two_runs, tmp_path / "shop")
    (repository / ".gitignore").write_text("*.duckdb*\ntarget/\nlogs/\n.user.yml\n", encoding="utf-8")
    git(repository, "init", "--quiet", "--initial-branch", "main")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "The shop")
    git(repository, "switch", "--quiet", "--create", "edits")
    return repository


def diff_data(shop: Path, *arguments: str) -> dict[str, Any]:
    """The answer as data, valid by its schema, by segment."""
    outcome = segctl(shop, "diff", "--json", *arguments)
    assert outcome.code in (0, 1), outcome.err
    data: dict[str, Any] = outcome.data
    jsonschema.validate(data, SCHEMA)
    assert outcome.code == bool(data["segments"] or data["catalog"])
    return data


def rows(shop: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(shop / "segctl.duckdb"), read_only=True) as connection:
        result: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
    return result
