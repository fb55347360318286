"""Output to a terminal, a pipe or a disk, and how the program ends when these are closed or full."""

import os
import pty
import re
import subprocess
from datetime import datetime
from io import BytesIO
from pathlib import Path
from shutil import copytree

import duckdb
import pytest

from segctl.operations.exports import ExportRequest
from segctl.operations.exports.formats.comma_separated import write_csv
from segctl.operations.exports.values import Column
from tests.program.test_reading import OTHER_FILES
from tests.program.test_visible import commands
from tests.support.shops.demo_project import SEGCTL, Outcome, copied, demo, segctl

ESCAPES = r"\e]0;title\a\e[2J\x9b31m\u202Eevil\u2028\x7f"
SHOWN = r"\x1b]0;title\x07\x1b[2J\x9b31m\u202eevil\u2028\x7f"
HOSTILE = "\x1b]0;title\x07\x1b[2J\x9b31m\u202eevil\u2028\x7f"


@pytest.fixture(scope="module")
def shop(demo_after_two_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo shop after two runs, with terminal commands in a segment's texts and a customer's country."""
    folder = copied(demo_after_two_runs, tmp_path_factory.mktemp("hostile"))
    path = folder / "segments" / "geography.yml"
    text = path.read_text()
    for key, before, after in (
        ("label", "Abroad", f"Abroad {ESCAPES}\\nabroad [bold]too[/bold]"),
        ("description", "Outside Great Britain and Ireland.", f"First\\nowner   {ESCAPES}"),
    ):
        assert f"{key}: {before}\n" in text
        text = text.replace(f"{key}: {before}\n", f'{key}: "{after}"\n')
    path.write_text(text)
    with duckdb.connect(str(folder / "segctl.duckdb")) as connection:
        connection.execute("update customer_features set country = ? where customer_id = 181", [HOSTILE])
    return folder


@pytest.fixture(scope="module")
def unbuilt_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo shop before its first run. To read or copy."""
    return demo(tmp_path_factory.mktemp("sound"))


def on_a_terminal(folder: Path, *arguments: str, columns: int = 300) -> str:
    """The output to a terminal, without its own colours and line ends."""
    environment = os.environ | {"COLUMNS": str(columns)}
    ours, theirs = pty.openpty()
    with subprocess.Popen([SEGCTL, *arguments], cwd=folder, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        found = b""
        while True:
            try:
                read = os.read(ours, 65536)
            except OSError:
                break
            if not read:
                break
            found += read
        process.wait()
    os.close(ours)
    return re.sub(r"\x1b\[[0-9;]*m", "", found.decode()).replace("\r\n", "\n")


@pytest.mark.parametrize("verb", [("list",), ("show", "abroad"), ("why", "181", "abroad")], ids=lambda verb: verb[0])
def test_texts_that_command_a_terminal_are_shown(verb: tuple[str, ...], shop: Path) -> None:
    outcome = segctl(shop, *verb)
    assert outcome.code == 0, outcome.err
    assert set(commands(outcome.out + outcome.err)) <= {"\n"}
    # A narrow column breaks lines anywhere.
    together = "".join(outcome.out.split())
    assert "".join(SHOWN.split()) in together
    if verb == ("list",):
        assert "[bold]too[/bold]" in together
        # A label of two lines is one row, and its other columns follow it.
        assert all(
            line.startswith((" ", "abroad ", "Abroad ")) for line in outcome.out.splitlines() if "abroad" in line
        )
    if verb[0] == "show":
        assert "owner   evil" not in outcome.out
        assert f"about   First\n        owner   {SHOWN}" in outcome.out
    as_json = segctl(shop, *verb, "--json")
    assert set(commands(as_json.out)) <= {"\n"}
    assert HOSTILE in texts_of(as_json.data)


def texts_of(data: object) -> str:
    """All texts of the data, one after another."""
    if isinstance(data, dict):
        data = list(data.values())
    return "".join(map(texts_of, data)) if isinstance(data, list) else str(data)


def test_on_a_terminal_too(unbuilt_shop: Path, tmp_path: Path) -> None:
    folder = Path(copytree(unbuilt_shop, tmp_path / "shop"))
    path = folder / "segments" / "loyalty.yml"
    path.write_text(path.read_text().replace("label: VIP\n", f'label: "{ESCAPES}"\n    lable: "{ESCAPES}"\n'))
    output = on_a_terminal(folder, "validate")
    assert set(commands(output)) <= {"\n"}
    assert 'unknown key "lable"' in output
    path.write_text(path.read_text().replace(f'    lable: "{ESCAPES}"\n', ""))
    stale = folder / "models" / "segments" / "members_loyalty.sql"
    stale.write_text(f"{stale.read_text()}-- {HOSTILE}\n")
    output = on_a_terminal(folder, "render", "--check")
    assert f"--- {SHOWN}\n" in output.replace("-\\x1b", "- \\x1b")
    assert set(commands(output)) <= {"\n"}
    output = on_a_terminal(folder, "show", "\x1b[31mvip")
    assert 'there is no segment "\\x1b[31mvip"' in output
    assert set(commands(output)) <= {"\n"}


@pytest.fixture(scope="module")
def long_name(demo_after_two_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo shop, where the VIPs have always had the longest possible name."""
    folder = copied(demo_after_two_runs, tmp_path_factory.mktemp("long"))
    for path in (folder / "segments").glob("*.yml"):
        path.write_text(re.sub(r"(name|segment): vip\b", rf"\1: {LONG_NAME}", path.read_text()))
    with duckdb.connect(str(folder / "segctl.duckdb")) as connection:
        for table in ("definition_versions", "run_sizes", "segment_stays", "segment_proposals"):
            connection.execute(f"update {table} set segment = ? where segment = 'vip'", [LONG_NAME])
    return folder


LONG_NAME = "customers_who_bought_coffee_three_times_and_never_any_t"


@pytest.mark.parametrize("columns", [80, 200])
@pytest.mark.parametrize(
    ("verb", "whole"),
    [
        (("list", "--sort", "revenue"), ("35,948.93", "68,243.26")),
        (("changes", LONG_NAME), ("86", "253", "305")),
        (("who", "101"), ("2025-12-22",)),
        (("show", LONG_NAME), ("35,948.93", "33,306.19")),
        (("preview", LONG_NAME), ("£3,116.19", "order_count__6mo")),
        (("diff", "--from", "2025-12-22", LONG_NAME), ("27", "30", "+3")),
    ],
    ids=lambda output: output[0] if isinstance(output, tuple) else "",
)
def test_names_and_numbers_are_whole_at_any_width(
    verb: tuple[str, ...], whole: tuple[str, ...], columns: int, long_name: Path
) -> None:
    lines = on_a_terminal(long_name, *verb, columns=columns).splitlines()
    words = {word.rstrip(",") for line in lines for word in line.split()}
    assert {LONG_NAME, *whole} <= words
    assert not any("…" in line for line in lines)
    if verb[0] in ("list", "changes", "who"):
        assert max(map(len, lines)) <= columns


def test_what_dbt_says_is_shown(unbuilt_shop: Path) -> None:
    output = on_a_terminal(unbuilt_shop, "--target", f"\x1b[2J{HOSTILE}", "list")
    # Each of dbt's lines is a line of its own, for any line end.
    assert f"target named '\\x1b[2J{SHOWN.partition('evil')[0]}evil" in output
    assert set(commands(output)) <= {"\n"}


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_whatever_the_encoding_of_the_output(encoding: str, unbuilt_shop: Path, tmp_path: Path) -> None:
    folder = Path(copytree(unbuilt_shop, tmp_path / "shop"))
    path = folder / "segments" / "loyalty.yml"
    path.write_text(
        path.read_text().replace("label: VIP\n", 'label: "日本 £"\n    lable: "日本 £"\n'), encoding="utf-8"
    )
    for arguments in (["validate"], ["validate", "--json"], ["show", "vipé"], ["--help"], ["nope"]):
        process = subprocess.run(
            [SEGCTL, *arguments],
            cwd=folder,
            env=os.environ | {"PYTHONIOENCODING": encoding},
            capture_output=True,
            check=False,
        )
        output = (process.stdout + process.stderr).decode(encoding)
        assert "Traceback" not in output
        assert "UnicodeEncodeError" not in output
        if arguments == ["validate"]:
            assert ("日本" if encoding == "utf-8" else "\\u65e5\\u672c") in output
    # In an ASCII locale an argument is read as UTF-8, and an invalid one is refused.
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": encoding}
    for argument, output in (
        (b"vip\xc3\xa9", 'there is no segment "vip'),
        (b"\xff", "an argument is not UTF-8: \\udcff"),
    ):
        process = subprocess.run(
            [SEGCTL, "show", argument], cwd=unbuilt_shop, env=os.environ | plain, capture_output=True, check=False
        )
        assert process.returncode == 2
        assert output in process.stderr.decode(encoding)


def test_json_in_ascii_means_the_same(unbuilt_shop: Path, tmp_path: Path) -> None:
    folder = Path(copytree(unbuilt_shop, tmp_path / "shop"))
    path = folder / "segments" / "loyalty.yml"
    path.write_text(path.read_text().replace("label: VIP\n", '日本: "£"\n'), encoding="utf-8")
    outcome = segctl(folder, "validate", "--json", PYTHONIOENCODING="ascii")
    assert outcome.out.isascii()
    assert outcome.data == segctl(folder, "validate", "--json").data
    assert 'unknown key "日本"' in outcome.data[0]["message"]


def shell(folder: Path, line: str) -> Outcome:
    """A line of bash in which `segctl` is the program. Fails when any command of a pipe fails."""
    script = f'set -o pipefail; segctl() {{ "{SEGCTL}" "$@"; }}; {line}'
    completed = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    return Outcome(completed.returncode, completed.stdout, completed.stderr)


def test_output_that_nobody_reads_is_dropped(shop: Path, unbuilt_shop: Path) -> None:
    outcome = shell(shop, "segctl list | head -1")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("segment ")
    # Its own exit code for any reader, also without one from the start, and for errors.
    assert shell(unbuilt_shop, "segctl validate | true") == Outcome(0, "", "")
    assert shell(unbuilt_shop, "segctl validate >&-") == Outcome(0, "", "")
    assert shell(unbuilt_shop, "segctl --help | true") == Outcome(0, "", "")
    assert shell(unbuilt_shop, "segctl show nope 2>&1 | true") == Outcome(2, "", "")
    assert shell(unbuilt_shop, "segctl show nope 2>&-") == Outcome(2, "", "")


def test_output_that_cannot_be_written_is_reported(unbuilt_shop: Path) -> None:
    for line in ("segctl validate > /dev/full", "segctl validate --json > /dev/full", "segctl --help > /dev/full"):
        outcome = shell(unbuilt_shop, line)
        assert outcome.code == 1
        assert outcome.err.splitlines()[0] == "segctl: cannot print: No space left on device"
        assert len(outcome.err.splitlines()) == 2
    outcome = shell(unbuilt_shop, "segctl validate > /dev/full 2> /dev/full")
    assert outcome == Outcome(1, "", "")
    assert shell(unbuilt_shop, "segctl show nope 2> /dev/full") == Outcome(2, "", "")


@pytest.mark.parametrize("verb", ["validate", "render", "render --check", "run", "schema --check", "list", "export"])
@pytest.mark.parametrize("kind", ["link out", "pipe"])
def test_no_command_reads_what_is_no_definition(kind: str, verb: str, unbuilt_shop: Path, tmp_path: Path) -> None:
    folder = Path(copytree(unbuilt_shop, tmp_path / "shop"))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/secret.yml").write_text("password: hunter2\n")
    made, code = OTHER_FILES[kind]
    made(folder / "segments" / "case.yml", folder)
    completed = subprocess.run(
        [SEGCTL, *verb.split()], cwd=folder, capture_output=True, text=True, check=False, timeout=30
    )
    assert "hunter2" not in completed.stdout + completed.stderr
    if "schema" in verb:
        assert completed.returncode == 0
    else:
        assert completed.returncode == 1
        assert f"segments/case.yml:1:1: {'a link' if kind == 'link out' else 'it is a named pipe'}" in completed.stderr
        assert f"[{code}]" in completed.stderr


def test_cells_that_are_safe_in_a_spreadsheet() -> None:
    keys = ["=1+1", "+44 20", "-5", "@a", "\ttab", "\rcr", "'=1", "''+1", "a", "'a", "", "1-1", "7"]
    columns = [Column("customer_id", "text"), Column("joined_at", "timestamp"), Column("join_cause", "text")]
    columns.append(Column("eligible", "boolean"))
    assert ExportRequest().safe_cells is False
    written = {}
    for safe in (False, True):
        out = BytesIO()
        assert write_csv(out, columns, [(key, datetime(2024, 1, 1), "time", True) for key in keys], safe) == len(keys)
        written[safe] = out.getvalue().decode()
    rest = ",2024-01-01T00:00:00Z,time,true\n"
    assert [line.removesuffix(rest.strip()) for line in written[False].splitlines()][1:3] == ["=1+1", "+44 20"]
    expected = ["'=1+1", "'+44 20", "'-5", "'@a", "'\ttab", '"\'\rcr"', "''=1", "'''+1", "a", "'a", "", "1-1", "7"]
    assert written[True] == "customer_id,joined_at,join_cause,eligible\n" + "".join(
        f"{cell}{rest}" for cell in expected
    )
