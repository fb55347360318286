"""Laws that hold for any definitions. One build answers all of them, and a second build its mirror.

The mirror is the same project with its files and definitions in the opposite order, and with every time in rows and
definitions, and the as-of, some weeks later. Windows are in days in both, because months differ in length.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from segctl.plan.plan import Plan
from segctl.project.project import planned
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.oracle.reference import Tables
from tests.support.strategies.catalog import Mapping
from tests.support.strategies.definitions import TABLES, as_of_instants, catalog_text, definition_files, dump, tables
from tests.support.strategies.nested import RANKED, ranking
from tests.support.strategies.operands import words_of
from tests.support.strategies.rows import sources
from tests.support.strategies.shop import CUSTOMERS

EXAMPLES = int(os.environ.get("SEGCTL_EXAMPLES", "1"))
SEED = int(os.environ.get("SEGCTL_SEED", "20240229"))
# No clock changes here: some weeks later is the same number of days later.
TIMEZONE = "UTC"
WEEKS = timedelta(weeks=57)
RULES = 8
RANKS = 3
PLACES = ("top", "bottom", "tiles", "in", "top_share")
# With a third experiment, whose share is different in the mirror.
GROWING = "  growing: {{share: {share}, variants: {{a: 25%, b: 75%}}}}\n"

Members = dict[str, set[object]]


@dataclass(frozen=True)
class Example:
    as_of: datetime
    files: list[Mapping]
    rows: Tables
    random: Random


@dataclass
class Laws:
    """Segments, and the law for their members. Names of segments lead to rules."""

    rules: dict[str, Mapping] = field(default_factory=dict)
    growing: list[tuple[str, ...]] = field(default_factory=list)  # each has the members of the one before it
    alike: list[tuple[str, str]] = field(default_factory=list)
    parts: list[tuple[tuple[str, ...], str]] = field(default_factory=list)  # disjoint, and together the last

    def broken(self, members: Members) -> Iterator[str]:
        for chain in self.growing:
            for less, more in pairwise(chain):
                if not members[less] <= members[more]:
                    yield f"{less} is not within {more}: {self.rules[less]}, {self.rules[more]}"
        for one, other in self.alike:
            if members[one] != members[other]:
                yield f"{one} is not {other}: {self.rules[one]}"
        for names, whole in self.parts:
            sizes = [len(members[name]) for name in names]
            if set().union(*(members[name] for name in names)) != members[whole] or sum(sizes) != len(members[whole]):
                yield f"{names} do not divide up {whole}: {[self.rules[name] for name in names[:1]]}"


def examples(count: int) -> list[Example]:
    """Draws examples first, as in test_oracle."""
    drawn: list[Example] = []

    @seed(SEED)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def collect(data: st.DataObject) -> None:
        as_of = data.draw(as_of_instants(TIMEZONE))
        files = data.draw(definition_files(as_of, TIMEZONE, segments=16))
        random = data.draw(sources(as_of, TIMEZONE, shrinks=False))
        rows = data.draw(tables(as_of, TIMEZONE))
        drawn.append(Example(as_of, [without_anniversaries(file) for file in files], rows, random))

    collect()
    return drawn


# The laws


def laws_of(example: Example) -> Laws:
    laws = Laws()
    rules = [segment["rule"] for file in example.files for segment in file["segments"] if "rule" in segment]
    for number, (rule, other) in enumerate(pairwise(rules[: RULES + 1])):
        laws_of_combinators(laws, number, rule, other)
    for number in range(RANKS):
        laws_of_ranks(laws, number, example)
    laws_of_chance(laws)
    return laws


def laws_of_combinators(laws: Laws, number: int, rule: Mapping, other: Mapping) -> None:
    fits, misses, both, either, reverse = (
        f"{what}_{number}" for what in ("fits", "misses", "both", "either", "reverse")
    )
    laws.rules |= {
        fits: rule,
        misses: {"not": rule},
        both: {"all": [rule, other]},
        either: {"any": [rule, other]},
        reverse: backwards(rule),
    }
    laws.parts.append(((fits, misses), "everybody"))
    laws.growing.append((both, fits, either))
    laws.alike.append((fits, reverse))


def backwards(rule: Any) -> Any:  # noqa: ANN401
    """The same with clauses and keys in the opposite order. The steps of a sequence keep theirs."""
    if isinstance(rule, list):
        return [backwards(part) for part in rule]
    if not isinstance(rule, dict):
        return rule
    reverse = {key: backwards(value) for key, value in reversed(rule.items())}
    return reverse | {key: reverse[key][::-1] for key in ("all", "any", "none") if key in reverse}


def laws_of_ranks(laws: Laws, number: int, example: Example) -> None:
    drawn = ranking(example.random, words_of(example.as_of, TIMEZONE))
    rank = {key: value for key, value in drawn.items() if key not in (*PLACES, "ties")}
    ties = {"ties": "together"} if number % 2 else {}
    ranked = f"top_{number}_all"
    for way in ("top", "bottom"):
        for kind, amounts in (("count", (1, 2, 3, 20)), ("share", ("10%", "33.3333%", "60%", "100%"))):
            names = tuple(f"{way}_{number}_{kind}_{place}" for place in range(len(amounts)))
            laws.rules |= {name: {**rank, way: n, **ties} for name, n in zip(names, amounts, strict=True)}
            laws.growing.append(names)
    tiles = tuple(f"tile_{number}_{tile}" for tile in range(1, 5))
    laws.rules |= {name: {**rank, "tiles": 4, "in": tile, **ties} for tile, name in enumerate(tiles, start=1)}
    laws.rules[ranked] = {**rank, "top": "100%"}
    laws.parts.append((tiles, ranked))
    if RANKED[rank["rank"]] == "number":
        names = tuple(f"pareto_{number}_{share}" for share in (10, 50, 80, 100))
        laws.rules |= {name: {**rank, "top_share": f"{name.rpartition('_')[2]}%"} for name in names}
        laws.growing.append((*names, ranked))


def laws_of_chance(laws: Laws) -> None:
    """A larger share of a sample contains the smaller one. Variants divide up an experiment, without the holdout."""
    shares = ("0.0001%", "10%", "33.3333%", "50%", "99.9999%", "100%")
    names = tuple(f"sample_{place}" for place in range(len(shares)))
    laws.rules |= {name: {"sample": share, "salt": "a'b"} for name, share in zip(names, shares, strict=True)}
    laws.growing.append(names)
    laws.alike.append((names[-1], "everybody"))
    experiment = {"experiment": "growing"}
    laws.rules |= {"grown": experiment, "grown_a": {**experiment, "variant": "a"}}
    laws.rules |= {"grown_b": {**experiment, "variant": "b"}, "held_out": {"holdout": True}, "free": {"holdout": False}}
    laws.rules["grown_and_held_out"] = {"all": [experiment, {"holdout": True}]}
    laws.parts.append((("grown_a", "grown_b"), "grown"))
    laws.parts.append((("held_out", "free"), "everybody"))
    laws.parts.append(((), "grown_and_held_out"))


# The mirror


def without_anniversaries(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, list):
        return [without_anniversaries(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        ("is" if key == "anniversary_within_next" else key): (
            "set" if key == "anniversary_within_next" else without_anniversaries(each)
        )
        for key, each in value.items()
    }


def in_days(text: str) -> str:
    """Windows of months and years in days."""
    days = {"month": 30, "year": 365}
    return re.sub(r"\b(\d+) (month|year)s?\b", lambda found: f"{int(found[1]) * days[found[2]]} days", text)


def later(text: str) -> str:
    """Every named day, some weeks later."""
    return re.sub(r"\b\d{4}-\d\d-\d\d\b", lambda found: (date.fromisoformat(found[0]) + WEEKS).isoformat(), text)


def rows_later(rows: Tables) -> Tables:
    return {
        model: [{name: cell + WEEKS if isinstance(cell, date) else cell for name, cell in row.items()} for row in table]
        for model, table in rows.items()
    }


def texts_of(example: Example, laws: Laws) -> list[str]:
    file = {"version": 1, "segments": [{"name": name, "rule": rule} for name, rule in laws.rules.items()]}
    return [in_days(dump(each)) for each in (*example.files, file)]


def mirrored(example: Example, laws: Laws) -> list[str]:
    file = {"version": 1, "segments": [{"name": name, "rule": rule} for name, rule in laws.rules.items()]}
    files = [{**each, "segments": each["segments"][::-1]} for each in (file, *example.files[::-1])]
    return [later(in_days(dump(each))) for each in files]


def members_of(project: TestProject, example: Example, files: list[str], share: str, *, mirror: bool) -> Members:
    catalog = in_days(catalog_text(TIMEZONE)) + GROWING.format(share=share)
    rows = rows_later(example.rows) if mirror else example.rows
    project.load(rows, TABLES)
    project.define(later(catalog) if mirror else catalog, **{f"file_{n}": text for n, text in enumerate(files)})
    project.run(example.as_of + WEEKS if mirror else example.as_of)
    everybody: set[object] = {row["customer_id"] for row in rows[CUSTOMERS]}
    return {"everybody": everybody} | project.members()


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_laws_of_membership(engine: Engine, tmp_path: Path) -> None:
    for number, example in enumerate(examples(EXAMPLES)):
        laws = laws_of(example)
        names = {segment["name"] for file in example.files for segment in file["segments"]} | set(laws.rules)
        result: list[Members] = []
        for mirror, texts in ((False, texts_of(example, laws)), (True, mirrored(example, laws))):
            root = tmp_path / f"{number}_{mirror}"
            root.mkdir()
            share = "80%" if mirror else "30%"
            members = members_of(TestProject(root, engine), example, texts, share, mirror=mirror)
            result.append({name: members.get(name, set()) for name in (*names, "everybody")})
        assert [*laws.broken(result[0]), *laws.broken(result[1])] == []
        first, second = result
        grown = {name for name in names if name.startswith("grown")}
        assert {name: first[name] - second[name] for name in grown if not first[name] <= second[name]} == {}
        assert {name: (first[name], second[name]) for name in names - grown if first[name] != second[name]} == {}


# The plan


def plan_of(*files: str) -> Plan:
    texts = {"catalog": catalog_text(TIMEZONE)} | {f"file_{number}": text for number, text in enumerate(files)}
    return planned({f"segments/{stem}.yml": text.encode() for stem, text in texts.items()})


@settings(max_examples=10, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
@given(as_of_instants(TIMEZONE).flatmap(lambda as_of: definition_files(as_of, TIMEZONE)))
def test_the_order_of_files_and_definitions_changes_no_hash(files: list[Mapping]) -> None:
    reverse = [{**file, "segments": backwards(file["segments"])[::-1]} for file in files[::-1]]
    one, other = (plan_of(*map(dump, each)) for each in (files, reverse))
    hashes = [{found.segment.name: found.definition_hash for found in plan.segments} for plan in (one, other)]
    assert hashes[0] == hashes[1]
    assert set(one.features) == set(other.features)


@settings(max_examples=10, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
@given(st.data())
def test_two_files_need_the_union_of_what_each_needs(data: st.DataObject) -> None:
    as_of = data.draw(as_of_instants(TIMEZONE))
    ((one,), (other,)) = (
        data.draw(definition_files(as_of, TIMEZONE, segments=15, files=1, prefix=prefix)) for prefix in ("one", "other")
    )
    apart = [plan_of(dump(file)).features for file in (one, other)]
    together = plan_of(dump(one), dump(other)).features
    assert set(together) == set().union(*apart)
    assert {feature.name for feature in together} == {feature.name for each in apart for feature in each}
