"""verify: no difference for any kind of past runs, and all manipulations are found. On every engine."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner

from segctl.cli import segctl
from segctl.errors import Failure
from segctl.language.names import digest
from segctl.operations.people.erase import erase
from segctl.operations.recomputation.verify import Verified, verify
from tests.support.built_project import TestProject
from tests.support.corruptions import LAST, MEDDLING, SECOND, resize
from tests.support.engines import Engine, release
from tests.support.shops.past_shop import (
    ACCOUNTS,
    AT,
    CATALOG,
    CUSTOMERS,
    DAYS,
    built,
    insert_orders,
    key,
    order,
    replayed,
)

FIRST = "2024-03-30"


def verified(project: TestProject, since: str = "") -> Verified:
    return verify(project.project, project.warehouse, since, lambda *_: None)


def differences(found: Verified) -> tuple[set[tuple[str, str, int]], set[tuple[str, str, int]], set[tuple[str, int]]]:
    """Features (table, column, rows), stays (segment, kind, stays) and sizes (segment, day) that differ."""
    features = {(feature.features, feature.column, feature.rows) for feature in found.features}
    stays = {(stay.segment, stay.kind, stay.stays) for stay in found.stays}
    return features, stays, {(row["segment"], row["as_of"].day) for row in found.sizes}


def test_any_history_of_runs_is_valid(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Late data, a repeat, an edit, a rename, a disabled segment, a held-back segment, and an erasure."""
    project = built(tmp_path, engine, f"verify_{digest(request.node.nodeid, 8)}")
    project.run(AT[0])
    guarded = CUSTOMERS.replace("{name: recent,", "{name: recent, guard: {max_size: 2},")
    project.define(CATALOG, customers=guarded, accounts=ACCOUNTS)
    insert_orders(project, order(key(1), AT[0], 500.0), order(key(2), datetime(2024, 3, 29, tzinfo=UTC), 500.0))
    assert [held_segment.segment for held_segment in project.run(AT[1]).held] == ["recent"]
    insert_orders(project, order(key(4), AT[1], 500.0))
    project.run(AT[1])
    assert verified(project).is_valid
    edited = guarded.replace("name: french,", "name: of_france, formerly: french,")
    edited = edited.replace("spent, gte: 150", "spent, gte: 200").replace("name: best,", "name: best, enabled: false,")
    project.define(CATALOG, customers=edited, accounts=ACCOUNTS.replace("retail}", "food}"))
    project.run(AT[2])
    erase(project.project, project.warehouse, [key(0), key(1), key(6)], "customer", False)
    # Until the next run, ranks and accounts still count the erased. Sizes always add up.
    assert verified(project).sizes == ()
    project.run(AT[3])
    now = verified(project)
    assert differences(now) == (set(), set(), set())
    assert (now.runs, now.left_out) == (1, ())
    assert {"of_france", "recent", "best", "busy", "retail"} < set(now.segments)
    # A rebuild of the whole past has the late data, which is the only difference.
    _, stays, sizes = differences(verified(project, FIRST))
    assert {segment for segment, *_ in stays} <= {"spender", "silver", "best", "gold", "busy"}
    assert ("spender", "only recomputed", 1) in stays
    assert sizes == set()


def command_output(project: TestProject, *options: str) -> tuple[int, str, str]:
    """The exit code and output of `segctl verify`, on both streams."""
    command_line = ["--project-dir", str(project.root), "--profiles-dir", str(project.root), "verify", *options]
    outcome = CliRunner().invoke(segctl, command_line)
    return outcome.exit_code, outcome.stdout, outcome.stderr


def test_what_a_failed_run_has_left_is_no_difference(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """It wrote all tables except the last under other definitions, and its rows are as of no published run."""
    project = built(tmp_path, engine, f"failed_{digest(request.node.nodeid, 8)}")
    project.run(AT[1])
    project.run(AT[2])
    late = AT[2] + timedelta(hours=3)
    insert_orders(project, order(key(4), late, 500.0), order(key(5), late, 70.0))
    edited = CUSTOMERS.replace("gte: 100", "gte: 90")
    project.define(CATALOG, customers=edited, accounts=ACCOUNTS)
    failing = tmp_path / "tests" / "no_stays.sql"
    failing.parent.mkdir()
    failing.write_text("select segment from {{ ref('segment_stays') }}\n", encoding="utf-8")
    with pytest.raises(Failure, match="could not build"):
        project.run(AT[3])
    code, out, err = command_output(project)
    assert (code, "the tables equal a rebuild" in out) == (0, True), out + err
    assert "the run as of 2024-04-02 00:00:00 BST did not finish: " in err
    assert re.search(r"\d+ rows that it wrote to customer_features will be compared after the next run", err)
    # Invalid rows that it did not write are found nevertheless.
    project.execute(
        f"update {project.schema}.customer_features set country = 'XX' "
        f"where customer_id = (select min(customer_id) from {project.schema}.customer_features "
        f"where changed_at <= timestamp '{AT[2]:%Y-%m-%d %H:%M:%S}')"
    )
    assert differences(verified(project))[0] == {("customer_features", "country", 1)}
    failing.unlink()
    project.run(AT[3])
    verification = verified(project)
    assert (differences(verification), verification.unfinished) == ((set(), set(), set()), ())


@pytest.fixture(scope="module")
def valid_history(tmp_path_factory: pytest.TempPathFactory) -> TestProject:
    """A valid history of four runs. A test undoes what it does to it."""
    project = built(tmp_path_factory.mktemp("sound"), Engine("duckdb"), "shop")
    replayed(project)
    verification = verified(project, FIRST)
    assert differences(verification) == (set(), set(), set())
    assert verification.runs == len(DAYS)
    return project


@pytest.mark.parametrize("what", MEDDLING)
def test_meddling_is_found(valid_history: TestProject, what: str) -> None:
    meddling, file = MEDDLING[what], valid_history.root / "test.duckdb"
    release()
    whole = file.read_bytes()
    for statement in meddling.statements:
        valid_history.execute(statement)
    try:
        command_line = [
            "--project-dir",
            str(valid_history.root),
            "--profiles-dir",
            str(valid_history.root),
            "verify",
            "--json",
        ]
        outcome = CliRunner().invoke(segctl, [*command_line, *meddling.since])
        data = json.loads(outcome.output)
    finally:
        release()
        file.write_bytes(whole)
    assert (outcome.exit_code, data["sound"]) == (1, False)
    assert {(feature["features"], feature["column"], feature["rows"]) for feature in data["features"]} == set(
        meddling.features
    )
    assert {(stay["segment"], stay["kind"], stay["stays"]) for stay in data["stays"]} == set(meddling.stays)
    assert {(one["segment"], one["as_of"]) for one in data["sizes"]} == set(meddling.sizes)
    if meddling.gaps:
        assert [(one["as_of"], one["what"], one["recorded"], one["found"]) for one in data["gaps"]] == [*meddling.gaps]


def test_wrong_sizes_are_reported_with_the_right_ones(valid_history: TestProject) -> None:
    file = valid_history.root / "test.duckdb"
    release()
    whole = file.read_bytes()
    sizes = {(row["segment"], row["as_of"].replace(tzinfo=UTC)): row for row in valid_history.read("segment_sizes")}
    valid_history.execute(resize("silver", SECOND, "size = size + 1"))
    valid_history.execute(resize("spender", LAST, "joined_count = joined_count + 1, left_count = left_count + 1"))
    try:
        code, out, _ = command_output(valid_history)
    finally:
        release()
        file.write_bytes(whole)
    lines = [re.split(r" {2,}", line.strip()) for line in out.splitlines() if line.startswith(("silver", "spender"))]
    silver, after, spender = sizes["silver", AT[1]]["size"], sizes["silver", AT[2]]["size"], sizes["spender", AT[3]]
    assert code == 1
    assert lines == [
        ["silver", "2024-03-31 00:00:00 GMT", "members", str(silver + 1), str(silver)],
        ["silver", "2024-04-01 00:00:00 BST", "members, from the run before", str(after), str(after + 1)],
        *(
            ["spender", "2024-04-02 00:00:00 BST", what, str(spender[column] + 1), str(spender[column])]
            for what, column in (("joins", "joined_count"), ("leaves", "left_count"))
        ),
    ]


# Resources other than models that a project may have, by file.
OTHERS = {
    "selectors.yml": """
        selectors:
          - {name: nothing_of_ours, default: true, definition: {method: tag, value: nobody}}
        """,
    "models/others.yml": """
        version: 2
        groups: [{name: sales, owner: {name: Sales}}]
        models: [{name: totals, config: {group: sales}}]
        exposures:
          - {name: board, type: dashboard, owner: {name: Sales}, depends_on: [ref('totals')]}
        unit_tests:
          - name: totals_are_counted
            model: totals
            given: [{input: ref('customers'), rows: [{id: 1}]}]
            expect: {rows: [{customer_count: 1}]}
        """,
    "models/totals.sql": "select count(*) as customer_count from {{ ref('customers') }}",
    "snapshots/customers.yml": """
        snapshots:
          - name: customers_then
            relation: ref('customers')
            config: {unique_key: id, strategy: check, check_cols: all}
        """,
    "analyses/looked.sql": "select * from {{ ref('totals') }}",
    "models/totals.md": "{% docs totals %}How many there are.{% enddocs %}",
}


def test_a_project_has_more_than_models(tmp_path: Path) -> None:
    project = TestProject(tmp_path, Engine("duckdb"))
    project.load({"customers": [{"id": 1}, {"id": 2}]}, {"customers": {"id": "bigint"}})
    project.define(
        """
        version: 1
        timezone: UTC
        entities: {customer: {model: customers, key: id}}
        """,
        main="version: 1\nsegments: [{name: everybody, rule: {sample: 100%, salt: x}}]\n",
    )
    for path, text in OTHERS.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(dedent(text), encoding="utf-8")
    for as_of in AT[:2]:
        project.run(as_of)
    assert {stay["customer_id"] for stay in project.read("segment_membership")} == {1, 2}
    assert verified(project, "2024-01-01").is_valid
