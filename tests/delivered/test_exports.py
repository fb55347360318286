"""`segctl export` with columns, formats, hashes and manifests on the demo shop, against SQL over its staging tables."""

import csv
import hashlib
import json
import stat
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import duckdb
import pytest

from segctl.errors import Failure
from segctl.operations.exports import STANDARD_OUTPUT, Exported, Request, export
from segctl.operations.exports.formats import FORMATS
from segctl.operations.exports.values import Column, Row
from segctl.project.project import Project
from segctl.warehouse import Warehouse
from segctl.warehouse.opening import close_files
from tests.support.shops.demo_project import copied, segctl

COLUMNS = (
    *("key", "email", "lifetime_value", "order_count", "last_order_at", "birthday", "company_size", "interests"),
    "eligible",
)
# Orders of a customer that count as of an instant.
ORDERED = """
select
    members.customer_id::varchar as customer_id,
    coalesce(sum(amount) filter (where {counts}), 0) as lifetime_value,
    count(order_id) filter (where {counts}) as order_count,
    max(ordered_at) filter (where {counts}) as last_order_at
from {members} as members
left join stg_orders as orders on members.customer_id = orders.customer_id
group by members.customer_id
"""
COUNTS = "status not in ('cancelled', 'refunded') and ordered_at <= timestamp '{}'"
LAST, BEFORE = "2025-12-29", "2025-12-22"
NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def shop(demo_after_two_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = copied(demo_after_two_runs, tmp_path_factory.mktemp("exports") / "shop")
    (folder / "target").mkdir()
    return folder


def exported(shop: Path, request: Request) -> list[Exported]:
    return list(export(Project(shop), loaded(shop), request))


@cache
def loaded(shop: Path) -> Warehouse:
    """The warehouse, with the project parsed once for all exports."""
    return Warehouse(shop).loaded()


def rows(shop: Path, sql: str) -> list[dict[str, Any]]:
    # dbt would keep it open.
    close_files()
    with duckdb.connect(str(shop / "segctl.duckdb"), read_only=True) as connection:
        found = connection.execute(sql)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def ordered(shop: Path, members: str, as_of: str) -> list[dict[str, Any]]:
    found = rows(shop, ORDERED.format(members=members, counts=COUNTS.format(as_of)))
    return sorted(found, key=lambda row: row["customer_id"])


def objects(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_columns_are_those_of_the_last_run(shop: Path, tmp_path: Path) -> None:
    (done,) = exported(shop, Request(("vip",), to=tmp_path / "vip.jsonl", columns=COLUMNS))
    found = objects(tmp_path / "vip.jsonl")
    people = {row["customer_id"]: row for row in rows(shop, "select * from stg_customers")}
    wanted = ordered(shop, "(select * from segment_membership where segment = 'vip')", LAST)
    assert (done.rows, len(found)) == (len(wanted), 30)
    for row, expected in zip(found, wanted, strict=True):
        of_model = people[int(row["customer_id"])]
        at = row.pop("last_order_at")
        assert at == (expected["last_order_at"] and f"{expected['last_order_at'].isoformat()}Z")
        assert row == {
            "customer_id": expected["customer_id"],
            "email": of_model["email"],
            "lifetime_value": float(expected["lifetime_value"]),
            "order_count": expected["order_count"],
            "birthday": of_model["date_of_birth"] and of_model["date_of_birth"].isoformat(),
            "company_size": of_model["company_size"],
            "interests": of_model["interests"],
            "eligible": of_model["marketing_consent"] is True,
        }
    assert any(row["interests"] for row in found)


def test_every_format_has_the_same_rows(shop: Path, tmp_path: Path) -> None:
    for form in FORMATS:
        exported(shop, Request(("vip",), to=tmp_path, columns=COLUMNS, format=form))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("manifest.json", "vip.csv", "vip.jsonl", "vip.parquet", "vip.xlsx")
    ]
    wanted = objects(tmp_path / "vip.jsonl")
    texts = [{name: as_cell(value) for name, value in row.items()} for row in wanted]
    with (tmp_path / "vip.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == texts
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        table = connection.execute(f"select * from '{tmp_path}/vip.parquet'")
        kinds = {column[0]: str(column[1]) for column in table.description}
        found = [dict(zip(kinds, row, strict=True)) for row in table.fetchall()]
    assert kinds == {
        "customer_id": "VARCHAR",
        "email": "VARCHAR",
        "lifetime_value": "DECIMAL(38,6)",
        "order_count": "BIGINT",
        "last_order_at": "TIMESTAMP WITH TIME ZONE",
        "birthday": "DATE",
        "company_size": "DECIMAL(38,6)",
        "interests": "VARCHAR[]",
        "eligible": "BOOLEAN",
    }
    for row, expected in zip(found, wanted, strict=True):
        at, birthday, size = row["last_order_at"], row["birthday"], row["company_size"]
        told = {
            "lifetime_value": float(row["lifetime_value"]),
            "company_size": None if size is None else int(size),
            "birthday": birthday and birthday.isoformat(),
            "last_order_at": at and at.isoformat().replace("+00:00", "Z"),
        }
        assert row | told == expected
    sheet = cells(tmp_path / "vip.xlsx")
    assert sheet[0] == list(wanted[0])
    for line, expected in zip(sheet[1:], wanted, strict=True):
        assert line[0] == expected["customer_id"]
        assert (float(line[2] or 0), int(line[3] or 0)) == (expected["lifetime_value"], expected["order_count"])
        assert line[8] == ("1" if expected["eligible"] else "0")


def as_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:f}".rstrip("0").rstrip(".")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)


def cells(path: Path) -> list[list[str | None]]:
    """The cells of a workbook's first sheet, None for an empty one."""
    with ZipFile(path) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    lines = []
    for row in sheet.iter(f"{NAMESPACE}row"):
        line: dict[int, str | None] = {}
        for cell in row.iter(f"{NAMESPACE}c"):
            text = next((one.text for one in cell.iter() if one.tag in (f"{NAMESPACE}v", f"{NAMESPACE}t")), None)
            line[ord(cell.attrib["r"][0]) - ord("A")] = text
        lines.append([line.get(place) for place in range(len(COLUMNS))])
    return lines


def test_an_export_of_the_past_has_what_was_known_then(shop: Path, tmp_path: Path) -> None:
    columns = ("key", "lifetime_value", "order_count", "last_order_at", "birthday")
    request = Request(("vip",), as_of="2025-12-24", to=tmp_path, columns=columns, format="json")
    done = exported(shop, request)
    # The run at or before it was one week before the last run.
    stays = f"segment_history where segment = 'vip' and joined_at <= '{BEFORE}'"
    stays += f" and (left_at is null or left_at > '{BEFORE}')"
    wanted = ordered(shop, f"(select * from {stays})", BEFORE)
    found = objects(tmp_path / "vip.2025-12-24.jsonl")
    told = [(row["customer_id"], row["lifetime_value"], row["order_count"]) for row in found]
    assert told == [(row["customer_id"], float(row["lifetime_value"]), row["order_count"]) for row in wanted]
    assert len(found) == 27
    now = ordered(shop, f"(select * from {stays})", LAST)
    assert [row["order_count"] for row in now] != [row["order_count"] for row in wanted]
    assert [file.path.name for file in done] == ["vip.2025-12-24.jsonl", "manifest.json"]

    manifest = json.loads((tmp_path / "manifest.json").read_text())
    ((known,),) = [
        list(row.values())
        for row in rows(
            shop, "select definition_hash from segment_definitions where segment = 'vip' and valid_to is null"
        )
    ]
    assert manifest == {
        "segctl_manifest": 1,
        "priority": None,
        "files": [
            {
                "path": "vip.2025-12-24.jsonl",
                "segment": "vip",
                "rows": 27,
                "sha256": hashlib.sha256((tmp_path / "vip.2025-12-24.jsonl").read_bytes()).hexdigest(),
                "format": "json",
                "columns": ["customer_id", *columns[1:]],
                "hash": None,
                "as_of": "2025-12-24T00:00:00Z",
                "run_as_of": "2025-12-22T00:00:00Z",
                "run_id": "20251222T000000.000000Z",
                "definition_hash": known,
                "eligible_only": False,
                "eligible": "marketing_consent = true",
            }
        ],
    }


def test_what_is_asked_in_vain(shop: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.csv"
    kept.write_text("mine")
    for request, told in (
        (Request(("vip",), columns=("emial",)), 'unknown column "emial"'),
        (Request(("vip",), columns=("key", "customer_id")), "names key twice"),
        (
            Request(("vip",), columns=("key", "email"), as_of=BEFORE),
            "some columns are unknown as of the run of 2025-12-22",
        ),
        (
            Request(("vip",), columns=("key", "eligible"), as_of=BEFORE),
            "some columns are unknown as of the run of 2025-12-22",
        ),
        (Request(("vip",), hash="google", as_of=BEFORE), "some columns are unknown as of the run of 2025-12-22"),
        (Request(("vip",), format="xml"), 'there is no format "xml"'),
        (Request(("vip",), to=kept, format="parquet"), "kept.csv is not that of the format parquet"),
        (Request(("vip", "win_back"), to=kept), "kept.csv is a file"),
        (Request(("vip", "win_back"), to=STANDARD_OUTPUT), "writes one segment"),
        (Request(("vip",), to=tmp_path, format="json", safe_cells=True), "--safe-cells is for CSV files"),
        (Request(("vip",), priority=("win_back",)), '--priority names "win_back", which is not exported'),
    ):
        with pytest.raises(Failure) as failure:
            exported(shop, replace(request, to=request.to or tmp_path / "new"))
        assert told in failure.value.message
        assert failure.value.exit_code == 2
        assert failure.value.hint or failure.value.detail
    assert [path.name for path in tmp_path.iterdir()] == ["kept.csv"]
    assert kept.read_text() == "mine"


def test_a_sheet_that_is_too_small_is_not_begun(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMATS, "xlsx", replace(FORMATS["xlsx"], most=29))
    with pytest.raises(Failure, match="vip has 30 members, and xlsx has 29 rows at most"):
        exported(shop, Request(("win_back", "vip"), to=tmp_path, format="xlsx"))
    assert not list(tmp_path.iterdir())
    # Fewer of these may be contacted.
    assert exported(shop, Request(("vip",), to=tmp_path, format="xlsx", eligible_only=True))[0].rows < 29


def test_identifiers_are_hashed_and_never_beside_what_they_are_of(shop: Path, tmp_path: Path) -> None:
    exported(shop, Request(("vip",), to=tmp_path, hash="meta", eligible_only=True))
    people = {str(row["customer_id"]): row for row in rows(shop, "select * from stg_customers")}
    with (tmp_path / "vip.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert list(found[0]) == ["customer_id", "email", "country"]
    for row in found:
        of_model = people[row["customer_id"]]
        assert of_model["marketing_consent"]
        for name, text in (("email", of_model["email"].strip().lower()), ("country", of_model["country"].lower())):
            assert row[name] == hashlib.sha256(text.encode()).hexdigest()
    assert "@" not in (tmp_path / "vip.csv").read_text()
    assert json.loads((tmp_path / "manifest.json").read_text())["files"][0]["hash"] == "meta"


def test_with_priority_a_customer_is_in_one_file(shop: Path, tmp_path: Path) -> None:
    names = ("lapsed_60_days", "coffee_lovers", "vip")
    done = exported(shop, Request(names, to=tmp_path, priority=("vip", "coffee_lovers")))
    order = ["vip", "coffee_lovers", "lapsed_60_days"]
    assert [file.segment for file in done if not file.is_manifest] == order
    members = {
        name: {str(row["customer_id"]) for row in rows(shop, f"from segment_membership where segment = '{name}'")}
        for name in order
    }
    taken: set[str] = set()
    for name in order:
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert {row["customer_id"] for row in csv.DictReader(file)} == members[name] - taken
        taken |= members[name]
    assert members["vip"] & members["coffee_lovers"]


def test_what_is_printed_is_what_a_file_has(shop: Path, tmp_path: Path) -> None:
    """Byte for byte. The default export still has no manifest and the same name."""
    printed = segctl(shop, "export", "vip", "--to", "-")
    assert (printed.code, printed.err) == (0, "")
    assert exported(shop, Request(("vip",), to=tmp_path)) == [Exported("vip", tmp_path / "vip.csv", 30)]
    assert [path.name for path in tmp_path.iterdir()] == ["vip.csv"]
    assert (tmp_path / "vip.csv").read_text() == printed.out
    exported(shop, Request(("vip",), to=tmp_path, as_of=BEFORE))
    assert [path.name for path in tmp_path.iterdir()] == ["vip.csv"]
    wrong = segctl(shop, "export", "vip", "--to", "-", "--json")
    assert (wrong.code, wrong.out) == (2, "")
    noted = segctl(shop, "export", "vip", "--columns", "email", "--to", str(tmp_path / "vip.parquet"), "--json")
    assert "segctl erase cannot find people" in noted.err
    written = hashlib.sha256((tmp_path / "vip.parquet").read_bytes()).hexdigest()
    assert noted.data == [{"segment": "vip", "path": str(tmp_path / "vip.parquet"), "rows": 30, "sha256": written}]


def test_a_file_that_cannot_be_written_stays_as_it_was(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported(shop, Request(("vip",), to=tmp_path / "vip.csv"))
    (tmp_path / "vip.csv").chmod(0o640)
    before = (tmp_path / "vip.csv").read_bytes()

    def broken(out: Any, *_: object) -> int:  # noqa: ANN401
        out.write(b"half")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setitem(FORMATS, "csv", replace(FORMATS["csv"], write=broken))
        patch.setattr("segctl.operations.exports.request.BY_SUFFIX", {".csv": FORMATS["csv"]})
        with pytest.raises(Failure, match=r"cannot write .*vip.csv: No space left on device") as failure:
            exported(shop, Request(("vip",), to=tmp_path / "vip.csv"))
    assert failure.value.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["vip.csv"]
    assert (tmp_path / "vip.csv").read_bytes() == before
    assert stat.S_IMODE((tmp_path / "vip.csv").stat().st_mode) == 0o640


def test_values_that_formats_could_spoil() -> None:
    """Control characters, formulas, numbers that no double holds, and days that a sheet cannot hold."""
    columns = [Column("key", "text"), Column('sum "of", all', "number"), Column("count", "whole"), Column("on", "date")]
    columns += [Column("at", "timestamp"), Column("tags", "texts")]
    rows: list[Row] = [
        (
            "a\x01b",
            Decimal("123456789012345678901.123456"),
            2**60,
            date(1850, 1, 1),
            datetime(2024, 1, 1, 1, 2, 3),
            ["x"],
        ),
        ("=1+1\r\n\u2028", Decimal("-0.000001"), -5, date(9999, 12, 31), datetime(1899, 12, 31, 23, 59, 59), []),
        (None, None, None, None, None, None),
    ]
    written = {}
    for name, form in FORMATS.items():
        found = []
        for _ in range(2):
            out = BytesIO()
            assert form.write(out, columns, rows, False) == 3
            found.append(out.getvalue())
        # The result for the same rows does not depend on the clock.
        assert found[0] == found[1], name
        written[name] = found[0]
    exact = json.loads(written["json"].splitlines()[0], parse_float=Decimal)
    assert exact['sum "of", all'] == rows[0][1]
    told = list(csv.reader(StringIO(written["csv"].decode(), newline="")))
    assert told[0] == [column.name for column in columns]
    assert told[2][:2] == ["=1+1\r\n\u2028", "-0.000001"]
    with NamedTemporaryFile(suffix=".parquet") as file, duckdb.connect() as connection:
        file.write(written["parquet"])
        file.flush()
        connection.execute("set timezone = 'UTC'")
        back = connection.execute(f"from '{file.name}'").fetchall()
    assert [
        tuple(one.replace(tzinfo=None) if isinstance(one, datetime) else one for one in row) for row in back
    ] == rows
    with ZipFile(BytesIO(written["xlsx"])) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    for text in ("123456789012345678901.123456", "1850-01-01", "1899-12-31T23:59:59Z", str(2**60), "=1+1"):
        assert f">{text}" in sheet
