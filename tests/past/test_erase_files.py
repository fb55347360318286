"""erase and files: exports lose the rows of erased customers in any place, and files left unchanged are reported."""

import gzip
import hashlib
import json
import os
import stat
from pathlib import Path

import duckdb
import pytest

from segctl.errors import Failure
from segctl.operations.exports.formats import FORMATS
from segctl.operations.exports.formats.parquet import write_parquet
from segctl.operations.exports.values import Column
from segctl.personal_data.erased_files import ErasedFiles, erase_files
from segctl.personal_data.export_folders import FOLDERS, remember_exports
from segctl.personal_data.exported_rows import safe_cell
from segctl.personal_data.manifests import manifest_json
from segctl.personal_data.sent import OWN
from segctl.project.project import Project, replacing
from tests.past.test_erase import ALIKE, HOSTILE, PLAIN, forms

CUSTOMERS = (
    "customer_id,joined_at,join_cause,eligible\n{},2024-01-04T00:04:00Z,time,true\n5,2024-01-04T00:04:00Z,time,\n"
)
ACCOUNTS = CUSTOMERS.replace("customer", "account")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "shop").mkdir()
    return Project(tmp_path / "shop")


def put(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def forgotten(project: Project, *keys: str, entity: str = "customer") -> ErasedFiles:
    """The result for files. A dry run reports the same and changes nothing."""
    before = {path: path.read_bytes() for path in project.root.parent.rglob("*") if path.is_file()}
    preview = erase_files(project, entity, keys, dry_run=True)
    assert {path: path.read_bytes() for path in project.root.parent.rglob("*") if path.is_file()} == before
    done = erase_files(project, entity, keys, dry_run=False)
    assert done == preview
    return done


def test_only_exports_of_what_is_erased_are_changed(project: Project) -> None:
    customers = put(project.root / "exports/vip.csv", CUSTOMERS.format(4))
    accounts = put(project.root / "exports/busy.csv", ACCOUNTS.format(4))
    done = forgotten(project, "4")
    assert (done.changed, done.look_at, done.failed) == ({"exports/vip.csv": "1 row removed"}, {}, {})
    assert customers.read_text() == CUSTOMERS.replace("{},2024-01-04T00:04:00Z,time,true\n", "")
    assert accounts.read_text() == ACCOUNTS.format(4)
    assert forgotten(project, "4", entity="account").changed == {"exports/busy.csv": "1 row removed"}


@pytest.mark.parametrize("member", [PLAIN[7], *HOSTILE])
def test_kept_rows_stay_as_they_are(project: Project, member: str) -> None:
    """Also if a spreadsheet saved the file in another form: more columns, other line ends."""
    for place, (separator, end, mark) in enumerate(((",", "\n", ""), (";", "\r\n", "\ufeff"), ("\t", "\n", ""))):
        quoted = '"' + member.replace('"', '""') + '"'
        kept = [f'{mark}"customer_id"{separator}note', f'{ALIKE[0]}{separator}"two\nlines ""of\u2028text"""', "5"]
        lines = [kept[0], f"{quoted}{separator}gone", *kept[1:], f'{quoted}{separator}"also', 'gone"']
        path = put(project.root / f"exports/{place}", end.join(lines) + end)
        assert forgotten(project, member).changed == {f"exports/{place}": "2 rows removed"}
        assert path.read_bytes().decode() == end.join(kept) + end


def test_all_folders_of_exports_are_searched(project: Project, tmp_path: Path) -> None:
    for folder in ("exports", "of_ours", "../elsewhere", "../gone"):
        remember_exports(project, project.root / folder)
        remember_exports(Project(project.root), project.root / folder)
    put(project.root / "of_ours/vip.csv", CUSTOMERS.format(4))
    put(tmp_path / "elsewhere/2024/vip.txt", CUSTOMERS.format(4))
    put(tmp_path / "elsewhere/2024/.vip.csv.half_written", CUSTOMERS.format(4))
    put(project.root / "exports/old/vip", CUSTOMERS.format(4))
    unknown = put(tmp_path / "another/vip.csv", CUSTOMERS.format(4))
    done = forgotten(project, "4")
    assert sorted(done.changed) == [
        f"{tmp_path}/elsewhere/2024/.vip.csv.half_written",
        f"{tmp_path}/elsewhere/2024/vip.txt",
        "exports/old/vip",
        "of_ours/vip.csv",
    ]
    assert (done.missing, done.look_at, done.failed) == ([f"{tmp_path}/gone"], {}, {})
    assert unknown.read_text() == CUSTOMERS.format(4)
    noted = (project.root / OWN / FOLDERS).read_text().splitlines()
    assert [json.loads(line) for line in noted] == ["of_ours", f"{tmp_path}/elsewhere", f"{tmp_path}/gone"]
    # git ignores a folder that contains such a .gitignore.
    assert (project.root / OWN / ".gitignore").read_text() == "*\n"


def test_files_that_need_a_manual_check_are_reported(project: Project, tmp_path: Path) -> None:
    exports = project.root / "exports"
    put(exports / "joined.csv", "email,client\na@b.example,4711\n")
    put(exports / "notes.md", "Ask 4711, not 4712.")
    put(exports / "from_a_spreadsheet.txt", "name\n4711\n".encode("utf-16"))
    put(exports / "in_latin.csv", "customer_id\n4711\nM\xfcller\n".encode("latin-1"))
    put(exports / "vip.csv.gz", gzip.compress(b"customer_id\n4711\n"))
    put(exports / "referred.csv", "customer_id,referred_by\n4711,1\n5,4711\n")
    put(exports / "of_accounts.csv", "account_id,customer_id\n4711,5\n5,4711\n")
    put(exports / "others.csv", "customer_id,note\n47110,4711-b\n")
    put(tmp_path / "linked/vip.csv", "customer_id\n4711\n")
    (exports / "link").symlink_to(tmp_path / "linked")
    done = forgotten(project, "4711")
    assert done.changed == {"exports/referred.csv": "1 row removed"}
    stands = "not changed: it contains a key, and is "
    assert done.look_at == {
        "exports/joined.csv": f"{stands}not an export of customers",
        "exports/notes.md": f"{stands}not an export of customers",
        "exports/from_a_spreadsheet.txt": f"{stands}not an export of customers",
        "exports/in_latin.csv": f"{stands}not an export of customers",
        "exports/vip.csv.gz": "not changed: it is compressed, and cannot be searched",
        "exports/referred.csv": "another column contains a key",
        "exports/of_accounts.csv": f"{stands}an export of accounts",
        "exports/link": "not searched: it is a link to a folder",
    }


def test_what_cannot_be_read_or_written_is_reported_and_the_rest_is_done(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut, closed = put(project.root / "exports/a.csv", CUSTOMERS.format(4)), project.root / "exports/closed"
    put(closed / "vip.csv", CUSTOMERS.format(4))
    put(project.root / "exports/z.csv", CUSTOMERS.format(4)).chmod(0o600)
    read, scan = Path.read_bytes, os.scandir

    def refuse(path: Path) -> bytes:
        if path == shut:
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    def refuse_folder(path: str) -> object:
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    # The user who runs the tests may have all rights.
    monkeypatch.setattr(Path, "read_bytes", refuse)
    monkeypatch.setattr(os, "scandir", refuse_folder)
    done = erase_files(project, "customer", ["4"], dry_run=False)
    assert done.changed == {"exports/z.csv": "1 row removed"}
    assert done.failed == {"exports/a.csv": "Permission denied", "exports/closed": "Permission denied"}
    assert stat.S_IMODE((project.root / "exports/z.csv").stat().st_mode) == 0o600


def test_an_export_beside_the_project_itself(project: Project, tmp_path: Path) -> None:
    """In the project and the folders above it, only files of exports are read."""
    for folder in (project.root, tmp_path):
        remember_exports(project, folder)
        put(folder / "vip.csv", CUSTOMERS.format(4))
    put(project.root / "seeds/customers.csv", "customer_id\n4\n")
    done = forgotten(project, "4")
    assert sorted(done.changed) == [f"{tmp_path}/vip.csv", "vip.csv"]


def test_a_list_of_folders_that_is_damaged_is_reported(project: Project) -> None:
    put(project.root / OWN / FOLDERS, "elsewhere\n")
    with pytest.raises(Failure, match=r"cannot read \.segctl/export_folders\.jsonl") as refused:
        erase_files(project, "customer", ["4"], dry_run=True)
    assert refused.value.exit_code == 1


@pytest.mark.parametrize("member", [PLAIN[7], *HOSTILE])
def test_logs_and_artifacts_with_a_customer_are_deleted(project: Project, member: str) -> None:
    """With any spelling of the key, and at any place in a sentence."""
    ways = [form for form in sorted(forms(member)) for form in (form, f"of {form}.", f"'{form}'", f"x={form};")]
    paths = [put(project.root / "logs" / f"{place}.log", way) for place, way in enumerate(ways)]
    other = put(project.root / "target/other.sql", " ".join(ALIKE))
    assert set(forgotten(project, member).changed) == {path.relative_to(project.root).as_posix() for path in paths}
    assert [path for path in (*paths, other) if path.exists()] == [other]


def test_many_keys_take_no_longer_than_few(project: Project) -> None:
    """A log of a megabyte, searched for each of five thousand keys separately, took more than ten minutes."""
    log = put(project.root / "logs/dbt.log", "12:00:01 where customer_id = 123 and mail = 'x@shop.example'\n" * 16_000)
    keys = [f"{number}" for number in range(100_000, 105_000)]
    assert erase_files(project, "customer", keys, dry_run=False).changed == {}
    log.write_text(log.read_text() + "in (100000-b, x.100001, 104999)")
    assert erase_files(project, "customer", keys, dry_run=True).changed == {"logs/dbt.log": "deleted"}
    assert erase_files(project, "customer", keys[:-1], dry_run=True).changed == {}


@pytest.mark.parametrize("key", ["=1+1", "+44 20", "-5", "@a", "\ttab", "\rcr", "'=1", "a", "'a"])
def test_keys_that_were_made_safe_for_spreadsheets_are_found(project: Project, key: str) -> None:
    """Of `export --safe-cells`. Another customer's key that only looks the same stays in an export without it."""
    quoted = '"' + safe_cell(key).replace('"', '""') + '"'
    path = put(project.root / "exports/safe.csv", f"customer_id,note\n{quoted},gone\n'a b,stays\n7,stays\n")
    other = put(project.root / "exports/referred.csv", f"customer_id,by\n7,{quoted}\n")
    done = forgotten(project, key)
    assert done.changed == {"exports/safe.csv": "1 row removed"}
    assert done.look_at == {"exports/referred.csv": "another column contains a key"}
    assert path.read_text() == "customer_id,note\n'a b,stays\n7,stays\n"
    assert other.read_text().endswith(f"7,{quoted}\n") or key == "\rcr"


def test_keys_that_only_look_as_if_they_had_been_made_safe_stay(project: Project) -> None:
    path = put(project.root / "exports/plain.csv", "customer_id\n'=1\n=1\n+2\n")
    assert forgotten(project, "=1").changed == {"exports/plain.csv": "1 row removed"}
    assert path.read_text() == "customer_id\n'=1\n+2\n"


def test_rows_go_from_every_format_that_exports_have(project: Project) -> None:
    """With the key anywhere in a row. The manifest describes the remaining rows."""
    exports = project.root / "exports"
    rows = [("a@b.example", "4711"), ("c@d.example", "47110"), ("4711", "5"), (None, "6")]
    columns = [Column("email", "text"), Column("customer_id", "text")]
    for one in FORMATS.values():
        with replacing(exports / f"vip{one.suffix}") as out:
            one.write(out, columns, rows, False)
    paths = [f"vip{one.suffix}" for one in FORMATS.values()]
    files = [{"path": path, "rows": 4, "sha256": "before"} for path in paths]
    put(exports / "manifest.json", manifest_json({"files": files}))
    put(exports / "keyless.jsonl", '{"email": "a"}\n')
    with replacing(exports / "keyless.parquet") as out:
        write_parquet(out, columns[:1], [("4711",)])
    done = forgotten(project, "4711")
    assert done.changed == {f"exports/vip.{suffix}": "1 row removed" for suffix in ("csv", "jsonl", "parquet")}
    elsewhere = "another column contains a key"
    assert done.look_at == {
        "exports/vip.csv": elsewhere,
        "exports/vip.jsonl": elsewhere,
        "exports/vip.xlsx": "not changed: it is compressed, and cannot be searched",
        "exports/keyless.parquet": "not changed: it contains a key, and has no column customer_id",
    }
    assert (exports / "vip.csv").read_text() == "email,customer_id\nc@d.example,47110\n4711,5\n,6\n"
    assert [json.loads(line)["customer_id"] for line in (exports / "vip.jsonl").open()] == ["47110", "5", "6"]
    with duckdb.connect() as connection:
        left = connection.execute(f"select * from '{exports}/vip.parquet'").fetchall()
    assert left == rows[1:]
    for one in json.loads((exports / "manifest.json").read_text())["files"]:
        changed = one["path"] != "vip.xlsx"
        found = hashlib.sha256((exports / one["path"]).read_bytes()).hexdigest()
        assert (one["rows"], one["sha256"]) == ((3, found) if changed else (4, "before"))


def test_a_column_of_another_entity_is_no_key(project: Project) -> None:
    """Customers of an account stay when the account is erased, for any name of the column next to their keys."""
    exports = project.root / "exports"
    columns = [Column("segment", "text"), Column("customer_id", "text"), Column("account_id", "text")]
    for one in FORMATS.values():
        for first in (0, 1):
            with replacing(exports / f"of_{first}{one.suffix}") as out:
                one.write(out, columns[first:], [("vip", "1", "AC-9")[first:]], False)
    before = {path: path.read_bytes() for path in exports.iterdir()}
    done = erase_files(project, "account", ["AC-9"], dry_run=False)
    assert done.changed == {}
    assert {path: path.read_bytes() for path in exports.iterdir()} == before
    assert {Path(name).stem for name in done.look_at} == {"of_0", "of_1"}
