"""The effect of changed definitions: for generated pairs of versions, on hostile rows, it is what the oracle says."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from shutil import copytree
from typing import Any

import pytest

from segctl.errors import ProblemsFound
from segctl.operations.diff import Diff, DiffRequest, diff, queries
from segctl.project.project import planned
from tests.language.test_explain import changed
from tests.oracle.test_oracle import SEED, examples
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.oracle.reference import History, Tables, load, members, memory_of
from tests.support.strategies.definitions import TABLES, TABLES_WITH_STRING_KEYS, TIMEZONES, dump

# Edits of a catalog that change the meaning of rules.
EDITED = ("metrics", "rules")
Files = list[dict[str, Any]]


def is_sound(catalog: dict[str, Any], files: Files) -> bool:
    texts = {f"segments/file_{number}.yml": dump(file).encode() for number, file in enumerate(files)}
    try:
        planned({"segments/catalog.yml": dump(catalog).encode(), **texts})
    except ProblemsFound:
        return False
    return True


def edited(catalog: dict[str, Any], files: Files, random: Random) -> Files:
    """The same files with two thirds of the segments edited, one removed, one renamed and one disabled."""
    found = deepcopy(files)
    for file in found:
        for number, segment in enumerate(file["segments"]):
            others = [one for one in changed(segment) if isinstance(one, dict) and one.get("name") == segment["name"]]
            for other in random.sample(others, min(3, len(others))) if random.random() < 0.67 else ():
                file["segments"][number] = other
                if is_sound(catalog, found):
                    break
                file["segments"][number] = segment
    for change in (take_away, rename, disable):
        for _ in range(10):
            tried = deepcopy(found)
            change(random.choice(random.choice([file["segments"] for file in tried if file["segments"]])), tried)
            if is_sound(catalog, tried):
                found = tried
                break
    return found


def take_away(segment: dict[str, Any], files: Files) -> None:
    for file in files:
        file["segments"] = [one for one in file["segments"] if one is not segment]


def rename(segment: dict[str, Any], _: Files) -> None:
    segment["formerly"], segment["name"] = segment["name"], f"{segment['name']}_anew"


def disable(segment: dict[str, Any], _: Files) -> None:
    segment["enabled"] = False


def edited_catalog(catalog: dict[str, Any], files: Files, random: Random) -> dict[str, Any]:
    """The same with one of its metrics or rules edited."""
    for _ in range(50):
        part = random.choice(EDITED)
        name = random.choice(sorted(catalog[part]))
        others = list(changed({"rule": catalog[part][name]}) if part == "rules" else changed(catalog[part][name]))
        if others:
            other = random.choice(others)
            compared_segments = {**catalog, part: {**catalog[part], name: other["rule"] if part == "rules" else other}}  # type: ignore[index]
            if is_sound(compared_segments, files):
                return compared_segments
    raise AssertionError("nothing can be edited")


def wanted(
    history: History, catalog: dict[str, Any], files: Files, rows: Tables, at: datetime
) -> dict[str, set[object]]:
    """Who would be a member after a run as of an instant. If a run as of then exists, right after it."""
    then = renamed(deepcopy(history), files)
    after = timedelta(microseconds=int(then.as_of == at))
    then.apply(at + after, members(catalog, files, rows, at), memory_of(catalog, files, rows, at))
    return then.members()


def renamed(history: History, files: Files) -> History:
    """The same with the members of each segment under its present name."""
    names = {
        segment["formerly"]: segment["name"] for file in files for segment in file["segments"] if "formerly" in segment
    }
    for compared_segments in (history.open, history.left):
        for (name, customer), at in list(compared_segments.items()):
            if name in names:
                del compared_segments[name, customer]
                compared_segments[names[name], customer] = at
    return history


def check(found: Diff, before: dict[str, set[object]], after: dict[str, set[object]]) -> int:
    """Compares each segment's counts and samples. Returns how many segments had any move."""
    moved = 0
    for one in found.segments:
        revision, counts = one.revision, one.counts
        former = before.get(revision.before.segment.name, set()) if revision.before else set()
        present = after.get(revision.after.segment.name, set()) if revision.after else set()
        if counts is None:
            assert former == present, revision.name
            continue
        assert (counts.before, counts.after) == (len(former), len(present)), revision.name
        assert (counts.joins, counts.leaves) == (len(present - former), len(former - present)), revision.name
        for sample in one.samples:
            assert sample.member in (present - former if sample.joins else former - present), revision.name
        assert len(one.samples) == min(3, counts.joins) + min(3, counts.leaves)
        moved += bool(counts.joins or counts.leaves)
    compared_segments = {
        name
        for segment in found.segments
        for side in (segment.revision.before, segment.revision.after)
        if side
        for name in [side.segment.name]
    }
    for name in (before.keys() | after.keys()) - compared_segments:
        assert before.get(name) == after.get(name), name
    return moved


@pytest.mark.parametrize("case", ["definitions", "catalog", "last_run"])
def test_a_change_does_what_the_oracle_says(engine: Engine, case: str, tmp_path: Path) -> None:
    """A day after a run, with an edited catalog, or as of the run, which has most of the features."""
    timezone = TIMEZONES[case == "catalog"]
    string_keys = timezone == "Europe/London"
    (example,) = examples(timezone, 1, string_keys, 10 if engine.cluster else 40)
    random = Random(SEED)
    catalog: dict[str, Any] = load(example.catalog)
    files: Files = [load(text) for text in example.files]
    others = edited(catalog, files, random)
    other_catalog = edited_catalog(catalog, others, random) if case == "catalog" else catalog
    project = TestProject(tmp_path / "shop", engine, f"diff_{case}")
    project.load(example.rows, TABLES_WITH_STRING_KEYS if string_keys else TABLES)
    project.define(example.catalog, **{f"file_{n}": text for n, text in enumerate(example.files)})
    project.run(example.as_of)
    history = History()
    history.apply(example.as_of, members(catalog, files, example.rows, example.as_of))
    former = tmp_path / "former"
    copytree(tmp_path / "shop" / "segments", former / "segments")
    texts = {f"file_{n}": dump(file) for n, file in enumerate(others)}
    if case == "last_run":
        for name, text in texts.items():
            (tmp_path / "shop" / "segments" / f"{name}.yml").write_text(text, encoding="utf-8")
        at, as_of = example.as_of, ""
    else:
        project.define(dump(other_catalog), **texts)
        at = example.as_of + timedelta(days=1, minutes=1)
        as_of = at.astimezone(UTC).isoformat()
    request = DiffRequest(str(former), as_of)
    if not engine.cluster:
        known = [query for query in queries(project.project, project.warehouse, request) if "dated_features" in query]
        assert bool(known) == (case == "last_run")
    differences = diff(project.project, project.warehouse, request)
    rows_and_instant = (example.rows, at)
    moved = check(
        differences,
        wanted(history, catalog, files, *rows_and_instant),
        wanted(history, other_catalog, others, *rows_and_instant),
    )
    assert moved >= (2 if engine.cluster else 4)
