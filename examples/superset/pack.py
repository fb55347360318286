"""Packs the dashboard that dashboard.yml describes into a ZIP file for Superset's import, over one file for BI.

    python pack.py reports/segments.duckdb dashboard.zip

The same file gives the same bytes. UUIDs come from the keys in dashboard.yml, so that a second import finds what the
first has made. Superset opens the file read-only.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import duckdb
import yaml

DESCRIPTION = Path(__file__).with_name("dashboard.yml")
OURS = UUID("c1f6a7de-5b0e-4b7c-9d3a-2f0f6b1f3c55")
KINDS = {"line": "echarts_timeseries_line", "bar": "echarts_timeseries_bar", "heatmap": "heatmap_v2", "table": "table"}
# What a chart may ask for; a list of members is read page by page.
ROWS, PAGE = 50_000, 50
VERSION = {"version": "1.0.0"}
Data = dict[str, Any]


def known_as(kind: str, key: str) -> str:
    """The UUID of a part of the dashboard: always the same."""
    return str(uuid5(OURS, f"{kind}/{key}"))


def described() -> Data:
    """The description as it stands beside this program."""
    found: Data = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))
    return found


def types_in(file: Path) -> dict[str, dict[str, str]]:
    """The type of each column of each table of a file."""
    found: dict[str, dict[str, str]] = {}
    with duckdb.connect(str(file), read_only=True) as connection:
        listed = "select table_name, column_name, data_type from duckdb_columns() where not internal"
        for table, column, data_type in connection.execute(listed).fetchall():
            found.setdefault(table, {})[column] = data_type
    return found


def missing(told: Data, types: dict[str, dict[str, str]]) -> str:
    """What the dashboard reads and the file does not have."""
    named = [(name, column) for name, table in told["tables"].items() for column in table["columns"] if name in types]
    absent = [name for name in told["tables"] if name not in types]
    return ", ".join(absent + [f"{name}.{column}" for name, column in named if column not in types[name]])


def files(told: Data, file: Path, types: dict[str, dict[str, str]]) -> Iterator[tuple[str, Data]]:
    """The files of the ZIP, by their paths in it."""
    yield "metadata.yaml", {**VERSION, "type": "Dashboard"}
    yield "databases/segments.yaml", database(file)
    for name, table in told["tables"].items():
        yield f"datasets/segments/{name}.yaml", dataset(name, table, types[name])
    for key, chart in told["charts"].items():
        yield f"charts/{key}.yaml", one_chart(key, chart, told["tables"][chart["table"]])
    yield "dashboards/segments.yaml", dashboard(told)


def database(file: Path) -> Data:
    path = str(file.resolve())
    if "?" in path:
        raise SystemExit(f"pack.py: {path} has a question mark, with which a URL would end: name another path")
    return {
        **VERSION,
        "uuid": known_as("database", "segments"),
        "database_name": "Customer segments",
        "sqlalchemy_uri": f"duckdb:///{path}",
        "expose_in_sqllab": True,
        "allow_dml": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_file_upload": False,
        "extra": {"engine_params": {"connect_args": {"read_only": True}}},
    }


def dataset(name: str, table: Data, types: dict[str, str]) -> Data:
    use = {"groupby": True, "filterable": True}
    columns = [
        {
            "column_name": column,
            "type": types[column],
            "is_dttm": types[column].startswith(("TIMESTAMP", "DATE")),
            **use,
        }
        for column in table["columns"]
    ]
    metrics = [{"metric_name": metric, "expression": sql} for metric, sql in table["metrics"].items()]
    return {
        **VERSION,
        "uuid": known_as("dataset", name),
        "database_uuid": known_as("database", "segments"),
        "table_name": name,
        "schema": "main",
        "main_dttm_col": table.get("time"),
        "filter_select_enabled": True,
        "columns": columns,
        "metrics": metrics,
    }


def one_chart(key: str, chart: Data, table: Data) -> Data:
    params = {"viz_type": KINDS[chart["kind"]], "adhoc_filters": filters(chart), **drawn(chart, table)}
    return {
        **VERSION,
        "uuid": known_as("chart", key),
        "dataset_uuid": known_as("dataset", chart["table"]),
        "slice_name": chart["name"],
        "description": chart["about"],
        "viz_type": params["viz_type"],
        "params": params,
        "query_context": json.dumps(query(chart, table, params), sort_keys=True),
    }


def drawn(chart: Data, table: Data) -> Data:
    """How Superset's editor has a chart of the kind."""
    if chart["kind"] == "table":
        formats = {column: {"d3NumberFormat": told} for column, told in chart.get("formats", {}).items()}
        ordered = [json.dumps(one) for one in order(chart)]
        paged = {"server_pagination": True, "server_page_length": PAGE, "row_limit": ROWS}
        looks = {"column_config": formats, "show_cell_bars": False}
        return {"query_mode": "raw", "all_columns": chart["columns"], "order_by_cols": ordered, **looks, **paged}
    if chart["kind"] == "heatmap":
        axes = {"x_axis": chart["across"], "groupby": chart["by"][0], "metric": chart["metric"]}
        looks = {"normalize_across": "heatmap", "y_axis_format": ",.0%", "linear_color_scheme": "schemeBlues"}
        sides = {"bottom_margin": "auto", "left_margin": "auto", "legend_type": "continuous", "show_legend": True}
        return {**axes, **looks, **sides, "row_limit": ROWS, "sort_x_axis": "alpha_asc", "sort_y_axis": "alpha_asc"}
    top = {"limit": chart["limit"], "timeseries_limit_metric": chart["metric"]} if "limit" in chart else {}
    looks = {"show_legend": True, "rich_tooltip": True, "x_axis_time_format": "smart_date", "markerEnabled": True}
    stacked = {"stack": "Stack"} if chart["kind"] == "bar" else {}
    axes = {"x_axis": table["time"], "groupby": chart["by"], "metrics": [chart["metric"]]}
    return {**axes, **top, **looks, **stacked, "order_desc": True, "row_limit": ROWS, "truncate_metric": True}


def order(chart: Data) -> list[list[Any]]:
    """The columns that a table is sorted by, and whether upwards."""
    return [[column, way == "asc"] for column, way in chart["order"].items()]


def filters(chart: Data) -> list[Data]:
    """What a chart leaves out."""
    if "without" not in chart:
        return []
    left_out = chart["without"]
    condition = {"subject": left_out["column"], "operator": "!=", "operatorId": "NOT_EQUALS"}
    return [{"clause": "WHERE", "expressionType": "SIMPLE", "comparator": left_out["value"], **condition}]


def query(chart: Data, table: Data, params: Data) -> Data:
    """What the chart asks its table for when nobody draws it: for the REST API, reports and alerts."""
    asked: Data = {"filters": [], "row_limit": ROWS}
    for one in params["adhoc_filters"]:
        asked["filters"].append({"col": one["subject"], "op": one["operator"], "val": one["comparator"]})
    if chart["kind"] == "table":
        asked |= {"columns": chart["columns"], "orderby": order(chart)}
    else:
        first = chart.get("across") or table.get("time")
        asked |= {"columns": [first, *chart["by"]], "metrics": [chart["metric"]]}
        if "limit" in chart:
            top = {
                "series_limit": chart["limit"],
                "series_limit_metric": chart["metric"],
                "series_columns": chart["by"],
            }
            asked |= top
    # The import puts in the dataset's own number.
    source = {"id": 0, "type": "table"}
    return {"datasource": source, "force": False, "queries": [asked], "result_format": "json", "result_type": "full"}


def dashboard(told: Data) -> Data:
    chosen = told["filter"]
    target = {"datasetUuid": known_as("dataset", chosen["table"]), "column": {"name": chosen["column"]}}
    choice = {"multiSelect": True, "enableEmptyFilter": False, "defaultToFirstItem": False, "searchAllOptions": False}
    native = {
        "id": "NATIVE_FILTER-segment",
        "name": chosen["name"],
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "targets": [target],
        "controlValues": choice | {"inverseSelection": False},
        "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}},
        "cascadeParentIds": [],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": []},
    }
    return {
        **VERSION,
        "uuid": known_as("dashboard", "segments"),
        "dashboard_title": told["title"],
        "slug": told["slug"],
        "published": True,
        "metadata": {"native_filter_configuration": [native], "cross_filters_enabled": False},
        "position": position(told),
    }


def position(told: Data) -> Data:
    """Where the charts stand."""
    above = ["ROOT_ID", "GRID_ID"]
    rows = [f"ROW-{number}" for number in range(len(told["layout"]))]
    placed: Data = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"id": "ROOT_ID", "type": "ROOT", "children": ["GRID_ID"]},
        "GRID_ID": {"id": "GRID_ID", "type": "GRID", "children": rows, "parents": ["ROOT_ID"]},
        "HEADER_ID": {"id": "HEADER_ID", "type": "HEADER", "meta": {"text": told["title"]}},
    }
    for row, shown in zip(rows, told["layout"], strict=True):
        children = [f"CHART-{key}" for key in shown["charts"]]
        look = {"background": "BACKGROUND_TRANSPARENT"}
        placed[row] = {"id": row, "type": "ROW", "children": children, "parents": above, "meta": look}
        for key, width in shown["charts"].items():
            number = list(told["charts"]).index(key) + 1
            meta = {"uuid": known_as("chart", key), "chartId": number, "width": width, "height": shown["height"]}
            meta |= {"sliceName": told["charts"][key]["name"]}
            place = {"id": f"CHART-{key}", "type": "CHART", "children": [], "parents": [*above, row]}
            placed[f"CHART-{key}"] = place | {"meta": meta}
    return placed


def pack(file: Path, target: Path) -> None:
    """Writes the ZIP file. Raises SystemExit, with nothing written, where the file is not as the dashboard needs it."""
    told = described()
    if not file.is_file():
        raise SystemExit(f"pack.py: there is no file {file}: segctl bi-file {file} writes it")
    try:
        types = types_in(file)
    except duckdb.Error as error:
        raise SystemExit(f"pack.py: {file} cannot be read: {error}") from error
    if absent := missing(told, types):
        hint = "ask for the marts value and overlap in the catalog (marts: [value, overlap]), then run segctl bi-file"
        raise SystemExit(f"pack.py: {file} has no {absent}: {hint}")
    made = list(files(told, file, types))
    try:
        with ZipFile(target, "w", ZIP_DEFLATED) as packed:
            for path, data in made:
                # Superset takes the first folder for the name of the export. The time is none, and always the same.
                packed.writestr(ZipInfo(f"segments/{path}"), yaml.safe_dump(data, sort_keys=False, allow_unicode=True))
    except OSError as error:
        raise SystemExit(f"pack.py: {target} cannot be written: {error}") from error


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: python pack.py FILE.duckdb DASHBOARD.zip")
    pack(Path(sys.argv[1]), Path(sys.argv[2]))
