"""The SQL of one case of each rule type, as tests/rules shows it to a reviewer.

tests/rules/test_rules.py runs these cases. `pytest --record` records the SQL that they render to now: read the
difference before you commit it. To show the SQL of another case, add `sql: |` at its end and record.
"""

from collections.abc import Iterator

import pytest

from segctl.rules import RULE_TYPES
from tests.support.language.rule_sql import sql_of, with_sql
from tests.support.oracle.reference import load
from tests.support.rule_cases import CASES, FOLDER, Case

SHOWN = [case for case in CASES if case.sql is not None]
LONGEST = 70


def keys_in(written: object) -> Iterator[str]:
    if isinstance(written, dict):
        for key, value in written.items():
            yield key
            yield from keys_in(value)
    elif isinstance(written, list):
        for value in written:
            yield from keys_in(value)


@pytest.mark.parametrize("case", SHOWN, ids=lambda case: case.name)
def test_the_sql_of_a_case_is_as_recorded(case: Case, request: pytest.FixtureRequest) -> None:
    now = sql_of(case.file.setting.catalog, case.file.definitions, case.name)
    if request.config.getoption("--record"):
        path = FOLDER / f"{case.file.stem}.yml"
        path.write_text(with_sql(path.read_text(encoding="utf-8"), case.name, now), encoding="utf-8")
    else:
        assert now == case.sql
    assert now.count("\n") <= LONGEST


def test_each_rule_type_shows_its_sql() -> None:
    files = {case.file.stem for case in SHOWN}
    assert {case.stem for case in FOLDER.glob("*.yml")} & RULE_TYPES.keys() <= files
    assert RULE_TYPES.keys() <= {key for case in SHOWN for key in keys_in(load(case.segment))}
