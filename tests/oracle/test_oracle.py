"""Generated definitions and hostile rows: the warehouse must have exactly the oracle's members and stays."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.oracle.reference import History, Tables, load, members, memory_of
from tests.support.strategies.definitions import (
    SINCES,
    TABLES,
    TABLES_WITH_STRING_KEYS,
    TIMEZONES,
    as_of_instants,
    catalog_text,
    definition_files,
    dump,
    tables,
)

# `make fuzz` draws more.
EXAMPLES = int(os.environ.get("SEGCTL_EXAMPLES", "1"))
SEED = int(os.environ.get("SEGCTL_SEED", "20240229"))


@dataclass(frozen=True)
class Example:
    catalog: str
    as_of: datetime
    files: list[str]
    rows: Tables


def examples(timezone: str, count: int, string_keys: bool, segments: int) -> list[Example]:
    """Draws examples first, because one build takes seconds and Hypothesis would try to shrink a failing example."""
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
        as_of = data.draw(as_of_instants(timezone))
        files: list[Any] = data.draw(definition_files(as_of, timezone, segments=segments, files=2))
        rows = data.draw(tables(as_of, timezone, customers=40, string_keys=string_keys))
        # Each time zone begins with another example, so that even a short run has them all.
        since = SINCES[(TIMEZONES.index(timezone) + len(drawn)) % len(SINCES)]
        catalog = catalog_text(timezone, since)
        drawn.append(Example(catalog, as_of, [dump(file) for file in files], rows))

    collect()
    return drawn


@pytest.mark.parametrize("timezone", TIMEZONES)
def test_members_and_stays_are_those_of_the_oracle(engine: Engine, timezone: str, tmp_path: Path) -> None:
    string_keys = timezone == "Europe/London"
    columns = TABLES_WITH_STRING_KEYS if string_keys else TABLES
    # Spark takes minutes to plan what the others plan in a second.
    segments = 10 if engine.cluster else 40
    for number, example in enumerate(examples(timezone, EXAMPLES, string_keys, segments)):
        root = tmp_path / str(number)
        root.mkdir()
        project = TestProject(root, engine, f"oracle_{TIMEZONES.index(timezone)}_{number}")
        project.load(example.rows, columns)
        compare(project, example)


def compare(project: TestProject, example: Example) -> None:
    """Two runs a day apart: members after each, and all stays at the end."""
    project.define(example.catalog, **{f"file_{n}": text for n, text in enumerate(example.files)})
    catalog, definitions = load(example.catalog), [load(text) for text in example.files]
    history = History()
    for as_of in (example.as_of, example.as_of + timedelta(days=1, minutes=1)):
        project.run(as_of)
        run_input = (catalog, definitions, example.rows, as_of)
        history.apply(as_of, members(*run_input), memory_of(*run_input))
        assert project.members() == history.members()
    wanted = [(stay.segment, stay.customer, stay.joined_at, stay.left_at) for stay in history.stays()]
    assert project.stays() == sorted(wanted, key=lambda stay: (stay[0], str(stay[1]), stay[2]))
