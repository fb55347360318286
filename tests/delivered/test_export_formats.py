"""The formats of `segctl export`: the same rows in each, and values that a format could damage."""

import csv
import hashlib
import json
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from xml.etree import ElementTree
from zipfile import ZipFile

import duckdb
import pytest

from segctl.errors import Failure
from segctl.operations.exports import Exported, ExportRequest
from segctl.operations.exports.formats import FORMATS
from segctl.operations.exports.values import Column, Row
from tests.support.shops.demo_exports import BEFORE, COLUMNS, exported, objects, shop
from tests.support.shops.demo_project import segctl

__all__ = ["shop"]


NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def test_every_format_has_the_same_rows(shop: Path, tmp_path: Path) -> None:
    for form in FORMATS:
        exported(shop, ExportRequest(("vip",), to=tmp_path, columns=COLUMNS, format=form))
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
        result = [dict(zip(kinds, row, strict=True)) for row in table.fetchall()]
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
    for row, expected in zip(result, wanted, strict=True):
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


def test_a_sheet_that_is_too_small_is_not_begun(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMATS, "xlsx", replace(FORMATS["xlsx"], most=29))
    with pytest.raises(Failure, match="vip has 30 members, and xlsx has 29 rows at most"):
        exported(shop, ExportRequest(("win_back", "vip"), to=tmp_path, format="xlsx"))
    assert not list(tmp_path.iterdir())
    # Fewer of these may be contacted.
    assert exported(shop, ExportRequest(("vip",), to=tmp_path, format="xlsx", eligible_only=True))[0].rows < 29


def test_what_is_printed_is_what_a_file_has(shop: Path, tmp_path: Path) -> None:
    """Byte for byte. The default export still has no manifest and the same name."""
    printed = segctl(shop, "export", "vip", "--to", "-")
    assert (printed.code, printed.err) == (0, "")
    assert exported(shop, ExportRequest(("vip",), to=tmp_path)) == [Exported("vip", tmp_path / "vip.csv", 30)]
    assert [path.name for path in tmp_path.iterdir()] == ["vip.csv"]
    assert (tmp_path / "vip.csv").read_text() == printed.out
    exported(shop, ExportRequest(("vip",), to=tmp_path, as_of=BEFORE))
    assert [path.name for path in tmp_path.iterdir()] == ["vip.csv"]
    wrong = segctl(shop, "export", "vip", "--to", "-", "--json")
    assert (wrong.code, wrong.out) == (2, "")
    noted = segctl(shop, "export", "vip", "--columns", "email", "--to", str(tmp_path / "vip.parquet"), "--json")
    assert "segctl erase cannot find people" in noted.err
    written = hashlib.sha256((tmp_path / "vip.parquet").read_bytes()).hexdigest()
    assert noted.data == [{"segment": "vip", "path": str(tmp_path / "vip.parquet"), "rows": 30, "sha256": written}]


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
        result = []
        for _ in range(2):
            out = BytesIO()
            assert form.write(out, columns, rows, False) == 3
            result.append(out.getvalue())
        # The result for the same rows does not depend on the clock.
        assert result[0] == result[1], name
        written[name] = result[0]
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
