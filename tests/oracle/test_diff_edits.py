"""How many customers each edited clause moves: each edit alone has the effect that the oracle computes for it."""

from copy import deepcopy
from datetime import UTC
from pathlib import Path
from random import Random
from typing import Any

from segctl.operations.diff import DiffRequest, diff
from segctl.warehouse import RunRequest
from tests.language.test_explain import changed
from tests.oracle.test_diff_oracle import is_sound
from tests.oracle.test_oracle import SEED, examples
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.oracle.reference import load, members
from tests.support.strategies.definitions import TABLES, TIMEZONE, dump

Rule = dict[str, Any]
# Enough that some of the edits move a customer: most drawn rules take all customers or none.
DRAWN, MOST = 40, 120


def two_edits(segment: Rule, catalog: Rule, random: Random) -> tuple[int, Rule, int, Rule] | None:
    """Two clauses of a rule with changed numbers, each with its place. None if there are no two such clauses."""
    rule = segment.get("rule", {})
    kind = next((kind for kind in ("all", "any") if kind in rule), None)
    if kind is None or set(segment) & {"extends", "memory", "limit", "group"}:
        return None
    found: list[tuple[int, Rule]] = []
    for place, part in enumerate(rule[kind]):
        others = [one for one in changed(part) if isinstance(one, dict) and one.keys() == part.keys()]
        random.shuffle(others)
        other = next((one for one in others[:3] if is_sound(catalog, [one_of({"name": "s", "rule": one})])), None)
        found += [(place, other)] if other else []
    return (*found[0], *found[-1]) if len(found) > 1 else None


def one_of(*segments: Rule) -> Rule:
    return {"version": 1, "segments": list(segments)}


def with_part(segment: Rule, place: int, part: Rule) -> Rule:
    found = deepcopy(segment)
    kind = next(iter(found["rule"]))
    found["rule"][kind][place] = part
    return found


def test_each_edit_does_what_it_does_alone(engine: Engine, tmp_path: Path) -> None:
    random = Random(SEED)
    (example,) = examples(TIMEZONE, 1, False, 10)
    catalog: Rule = load(example.catalog)
    pairs: dict[str, tuple[Rule, Rule, Rule, Rule]] = {}
    for drawn in examples(TIMEZONE, DRAWN, False, 30):
        for file in map(load, drawn.files):
            for segment in file["segments"]:
                edits = two_edits(segment, catalog, random)
                if edits and is_sound(catalog, [one_of(segment)]):
                    name = f"s_{len(pairs)}"
                    former = {"name": name, "rule": segment["rule"]}
                    one_edit, other_edit = with_part(former, *edits[:2]), with_part(former, *edits[2:])
                    pairs[name] = (former, one_edit, other_edit, with_part(one_edit, *edits[2:]))
    wholes, first, last, both = ([pair[number] for pair in pairs.values()][:MOST] for number in range(4))
    project = TestProject(tmp_path / "shop", engine, "diff_edits")
    project.load(example.rows, TABLES)
    (tmp_path / "former" / "segments").mkdir(parents=True)
    (tmp_path / "former" / "segments" / "catalog.yml").write_text(example.catalog)
    (tmp_path / "former" / "segments" / "all.yml").write_text(dump(one_of(*wholes)))
    project.define(example.catalog, all=dump(one_of(*both)))
    # No run is needed: the sources exist.
    project.warehouse.build(RunRequest(), only=[model for model in TABLES if not model.startswith("source(")])
    at = example.as_of.astimezone(UTC).isoformat()
    differences = diff(project.project, project.warehouse, DiffRequest(str(tmp_path / "former"), at))
    before, *alone = (members(catalog, [one_of(*told)], example.rows, example.as_of) for told in (wholes, first, last))
    asked = 0
    for one in differences.segments:
        if len(one.edits) != 2:
            continue
        for cut, after in zip(one.edits, alone, strict=True):
            name = one.revision.name
            was, now = before.get(name, set()), after.get(name, set())
            assert (cut.joins, cut.leaves) == (len(now - was), len(was - now)), (name, cut.edit.text)
            asked += bool(cut.joins or cut.leaves)
    assert asked >= 5
