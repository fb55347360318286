"""docs/bi.md and the dashboard of examples/superset use only names that the demo shop has, and their queries run."""

import re
import runpy
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import duckdb
import pytest
import yaml

from tests.support.built_project import REPOSITORY
from tests.support.engines import release

QUERIES = re.findall(r"```sql\n(.*?)```", (REPOSITORY / "docs" / "bi.md").read_text(encoding="utf-8"), re.DOTALL)
SUPERSET = REPOSITORY / "examples" / "superset"


PACK = runpy.run_path(str(SUPERSET / "pack.py"))["pack"]


def described() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((SUPERSET / "dashboard.yml").read_text(encoding="utf-8"))
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with empty tables for the dashboard. Keys of customers are texts."""
    path = tmp_path / "it's a file.duckdb"
    with closing(duckdb.connect(str(path))) as connection:
        for name, table in described()["tables"].items():
            columns = [f"{one} {'timestamp' if one == table.get('time') else 'varchar'}" for one in table["columns"]]
            connection.execute(f"create table {name} ({', '.join(columns)})")
    return path


def packed(file: Path, target: Path) -> dict[str, Any]:
    """The files in the dashboard's ZIP for a BI file, by path."""
    PACK(file, target)
    with ZipFile(target) as found:
        return {path: yaml.safe_load(found.read(path)) for path in found.namelist()}


def under(files: dict[str, Any], folder: str) -> list[dict[str, Any]]:
    return [data for path, data in files.items() if path.startswith(f"segments/{folder}/")]


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_answers(query: str, demo_after_two_runs: Path) -> None:
    release()
    with closing(duckdb.connect(str(demo_after_two_runs / "segctl.duckdb"), read_only=True)) as connection:
        assert connection.execute(query).fetchall()


def test_the_dashboard_names_only_tables_and_columns_that_there_are(demo_after_two_runs: Path) -> None:
    told = described()
    release()
    with closing(duckdb.connect(str(demo_after_two_runs / "segctl.duckdb"), read_only=True)) as connection:
        for name, table in told["tables"].items():
            listed = ", ".join([*table["columns"], *table["metrics"].values()])
            connection.execute(f"select {listed} from {name} group by {', '.join(table['columns'])} limit 1")
    for chart in [*told["charts"].values(), told["filter"]]:
        table = told["tables"][chart["table"]]
        named = [*chart.get("columns", []), *chart.get("by", []), *chart.get("order", {}), *chart.get("formats", {})]
        named += [chart[key] for key in ("across", "column") if key in chart]
        named += [chart["without"]["column"]] if "without" in chart else []
        assert set(named) <= set(table["columns"]), chart["name"]
        assert chart.get("metric") in [None, *table["metrics"]], chart["name"]
    # The filter applies to all charts, so all tables have its column.
    assert all(told["filter"]["column"] in table["columns"] for table in told["tables"].values())
    assert Counter(key for row in told["layout"] for key in row["charts"]) == Counter(list(told["charts"]))


def test_the_same_file_gives_the_same_zip_whose_parts_find_each_other(file: Path, tmp_path: Path) -> None:
    files = packed(file, tmp_path / "first.zip")
    assert files == packed(file, tmp_path / "second.zip")
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()
    database, datasets, charts = under(files, "databases"), under(files, "datasets"), under(files, "charts")
    (dashboard,) = under(files, "dashboards")
    uuids = Counter(one["uuid"] for one in [*database, *datasets, *charts, dashboard])
    assert len(uuids) == uuids.total() == len(files) - 1
    assert database[0]["extra"]["engine_params"]["connect_args"] == {"read_only": True}
    assert database[0]["sqlalchemy_uri"] == f"duckdb:///{tmp_path.resolve()}/it's a file.duckdb"
    assert {one["database_uuid"] for one in datasets} == {database[0]["uuid"]}
    known = {one["uuid"] for one in datasets}
    types = {(one["table_name"], column["column_name"]): column for one in datasets for column in one["columns"]}
    assert types["segment_membership", "customer_id"]["type"] == "VARCHAR"
    assert types["segment_membership", "joined_at"]["is_dttm"]
    (chosen,) = dashboard["metadata"]["native_filter_configuration"]
    assert {one["dataset_uuid"] for one in charts} == known
    assert {target["datasetUuid"] for target in chosen["targets"]} <= known
    parts = [one for one in dashboard["position"].values() if isinstance(one, dict)]
    placed = [part["meta"]["uuid"] for part in parts if part["type"] == "CHART"]
    assert Counter(placed) == Counter(one["uuid"] for one in charts)
    # The UUIDs stay the same for those who imported the dashboard before.
    assert dashboard["uuid"] == "32c4b39a-91c5-53dc-a760-b93ef089d408"


def test_a_file_that_lacks_something_is_not_packed(file: Path, tmp_path: Path) -> None:
    with closing(duckdb.connect(str(file))) as connection:
        connection.execute("drop table segment_overlap")
        connection.execute("alter table segment_value drop column orders")
    for bad, told in {
        file: r"has no segment_overlap, segment_value\.orders: ask for the marts",
        tmp_path / "none.duckdb": "there is no file",
        SUPERSET / "pack.py": "cannot be read",
    }.items():
        with pytest.raises(SystemExit, match=told):
            PACK(bad, tmp_path / "dashboard.zip")
    assert not (tmp_path / "dashboard.zip").exists()
