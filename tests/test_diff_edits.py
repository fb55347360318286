"""Which edited clause moves how many: each edit by itself does what the oracle says of a definition with it alone."""

from copy import deepcopy
from datetime import UTC
from pathlib import Path
from random import Random
from typing import Any

from segctl.operations.diff import Request, diff
from tests.built_project import TestProject
from tests.engines import Engine
from tests.reference import load, members
from tests.strategies import TABLES, TIMEZONE, dump
from tests.test_diff_oracle import is_sound
from tests.test_explain import changed
from tests.test_oracle import SEED, examples

Rule = dict[str, Any]


def two_edits(segment: Rule, catalog: Rule, random: Random) -> tuple[int, Rule, int, Rule] | None:
    """Two clauses of a rule with other numbers, each with its place; None where there are no such two."""
    rule = segment.get("rule", {})
    kind = next((kind for kind in ("all", "any") if kind in rule), None)
    if kind is None or set(segment) & {"extends", "memory", "limit", "group"}:
        return None
    found: list[tuple[int, Rule]] = []
    for place, part in enumerate(rule[kind]):
        others = [one for one in changed(part) if isinstance(one, dict) and one.keys() == part.keys()]
        others = [
            one for one in others if is_sound(catalog, [{"version": 1, "segments": [{"name": "s", "rule": one}]}])
        ]
        if others:
            found.append((place, random.choice(others)))
    return (*found[0], *found[-1]) if len(found) > 1 else None


def with_part(segment: Rule, place: int, part: Rule) -> Rule:
    found = deepcopy(segment)
    kind = next(iter(found["rule"]))
    found["rule"][kind][place] = part
    return found


def test_each_edit_does_what_it_does_alone(engine: Engine, tmp_path: Path) -> None:
    random = Random(SEED)
    pairs: dict[str, tuple[Rule, Rule, Rule, Rule]] = {}
    (example,) = examples(TIMEZONE, 1, False, 10)
    catalog_text, catalog = example.catalog, load(example.catalog)
    for drawn in examples(TIMEZONE, 12, False, 30):
        for file in map(load, drawn.files):
            for segment in file["segments"]:
                edits = two_edits(segment, catalog, random)
                if edits and is_sound(catalog, [{"version": 1, "segments": [segment]}]):
                    name = f"s_{len(pairs)}"
                    former = {"name": name, "rule": segment["rule"]}
                    first, last = with_part(former, *edits[:2]), with_part(former, *edits[2:])
                    pairs[name] = (former, first, last, with_part(first, *edits[2:]))
    former, first, last, both = ([pair[number] for pair in pairs.values()] for number in range(4))
    project = TestProject(tmp_path / "shop", engine, "diff_edits")
    project.load(example.rows, TABLES)
    versions = {name: {"version": 1, "segments": told} for name, told in (("former", former), ("both", both))}
    (tmp_path / "former" / "segments").mkdir(parents=True)
    (tmp_path / "former" / "segments" / "catalog.yml").write_text(catalog_text)
    (tmp_path / "former" / "segments" / "all.yml").write_text(dump(versions["former"]))
    project.define(catalog_text, all=dump(versions["both"]))
    project.run(example.as_of)
    at = example.as_of.astimezone(UTC).isoformat()
    found = diff(project.project, project.warehouse, Request(str(tmp_path / "former"), at))
    before, *alone = (
        members(catalog, [{"version": 1, "segments": told}], example.rows, example.as_of)
        for told in (former, first, last)
    )
    asked = 0
    for one in found.segments:
        if len(one.edits) != 2:
            continue
        for cut, after in zip(one.edits, alone, strict=True):
            name = one.revision.name
            was, now = before.get(name, set()), after.get(name, set())
            assert (cut.joins, cut.leaves) == (len(now - was), len(was - now)), (name, cut.edit.words)
            asked += bool(cut.joins or cut.leaves)
    assert asked >= 5
