"""`segctl export` with columns, hashes and priorities on the demo shop, against SQL over its staging tables."""

import csv
import hashlib
import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from segctl.errors import Failure
from segctl.operations.exports import STANDARD_OUTPUT, ExportRequest
from segctl.operations.exports.formats import FORMATS
from tests.support.shops.demo_exports import BEFORE, COLUMNS, LAST, exported, objects, ordered, rows, shop

__all__ = ["shop"]


def test_columns_are_those_of_the_last_run(shop: Path, tmp_path: Path) -> None:
    (done,) = exported(shop, ExportRequest(("vip",), to=tmp_path / "vip.jsonl", columns=COLUMNS))
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


def test_an_export_of_the_past_has_what_was_known_then(shop: Path, tmp_path: Path) -> None:
    columns = ("key", "lifetime_value", "order_count", "last_order_at", "birthday")
    request = ExportRequest(("vip",), as_of="2025-12-24", to=tmp_path, columns=columns, format="json")
    done = exported(shop, request)
    # The run at or before it was one week before the last run.
    stays = f"segment_history where segment = 'vip' and joined_at <= '{BEFORE}'"
    stays += f" and (left_at is null or left_at > '{BEFORE}')"
    wanted = ordered(shop, f"(select * from {stays})", BEFORE)
    found = objects(tmp_path / "vip.2025-12-24.jsonl")
    figures = [(row["customer_id"], row["lifetime_value"], row["order_count"]) for row in found]
    assert figures == [(row["customer_id"], float(row["lifetime_value"]), row["order_count"]) for row in wanted]
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


def test_requests_that_cannot_be_met(shop: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.csv"
    kept.write_text("mine")
    for request, message in (
        (ExportRequest(("vip",), columns=("emial",)), 'unknown column "emial"'),
        (ExportRequest(("vip",), columns=("key", "customer_id")), "names key twice"),
        (
            ExportRequest(("vip",), columns=("key", "email"), as_of=BEFORE),
            "some columns are unknown as of the run of 2025-12-22",
        ),
        (
            ExportRequest(("vip",), columns=("key", "eligible"), as_of=BEFORE),
            "some columns are unknown as of the run of 2025-12-22",
        ),
        (ExportRequest(("vip",), hash="google", as_of=BEFORE), "some columns are unknown as of the run of 2025-12-22"),
        (ExportRequest(("vip",), format="xml"), 'there is no format "xml"'),
        (ExportRequest(("vip",), to=kept, format="parquet"), "kept.csv is not that of the format parquet"),
        (ExportRequest(("vip", "win_back"), to=kept), "kept.csv is a file"),
        (ExportRequest(("vip", "win_back"), to=STANDARD_OUTPUT), "writes one segment"),
        (ExportRequest(("vip",), to=tmp_path, format="json", safe_cells=True), "--safe-cells is for CSV files"),
        (ExportRequest(("vip",), priority=("win_back",)), '--priority names "win_back", which is not exported'),
    ):
        with pytest.raises(Failure) as failure:
            exported(shop, replace(request, to=request.to or tmp_path / "new"))
        assert message in failure.value.message
        assert failure.value.exit_code == 2
        assert failure.value.hint or failure.value.detail
    assert [path.name for path in tmp_path.iterdir()] == ["kept.csv"]
    assert kept.read_text() == "mine"


def test_identifiers_are_hashed_and_never_next_to_their_values(shop: Path, tmp_path: Path) -> None:
    exported(shop, ExportRequest(("vip",), to=tmp_path, hash="meta", eligible_only=True))
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
    done = exported(shop, ExportRequest(names, to=tmp_path, priority=("vip", "coffee_lovers")))
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


def test_a_file_that_cannot_be_written_stays_as_it_was(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported(shop, ExportRequest(("vip",), to=tmp_path / "vip.csv"))
    (tmp_path / "vip.csv").chmod(0o640)
    before = (tmp_path / "vip.csv").read_bytes()

    def broken(out: Any, *_: object) -> int:  # noqa: ANN401
        out.write(b"half")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setitem(FORMATS, "csv", replace(FORMATS["csv"], write=broken))
        patch.setattr("segctl.operations.exports.request.BY_SUFFIX", {".csv": FORMATS["csv"]})
        with pytest.raises(Failure, match=r"cannot write .*vip.csv: No space left on device") as failure:
            exported(shop, ExportRequest(("vip",), to=tmp_path / "vip.csv"))
    assert failure.value.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["vip.csv"]
    assert (tmp_path / "vip.csv").read_bytes() == before
    assert stat.S_IMODE((tmp_path / "vip.csv").stat().st_mode) == 0o640
