"""`segctl new`: dialogs that add a definition, or change nothing."""

import os
import pty
import re
import signal
import subprocess
import time
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.support.shops.demo_project import SEGCTL, Outcome, copied, demo, segctl


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo shop before its first run, with segments of accounts."""
    folder = demo(tmp_path_factory.mktemp("new"))
    accounts = (
        "version: 1\nentity: account\nsegments:\n  - {name: designers, rule: {attribute: industry, eq: design}}\n"
    )
    (folder / "segments" / "offices.yml").write_text(accounts)
    return folder


def texts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "segments").glob("*.yml")}


def answered(folder: Path, *answers: str, options: tuple[str, ...] = ("--no-size",)) -> Outcome:
    """The program with answers on its standard input."""
    given = "".join(f"{answer}\n" for answer in answers)
    completed = subprocess.run(
        [SEGCTL, "new", *options], cwd=folder, input=given, capture_output=True, text=True, check=False
    )
    return Outcome(completed.returncode, completed.stdout, completed.stderr)


def defined(folder: Path, file: str) -> dict[str, object]:
    """The last definition in a file."""
    found: dict[str, object] = yaml.safe_load((folder / "segments" / file).read_text())["segments"][-1]
    return found


def on_a_terminal(folder: Path, typed: list[tuple[str, str]], *options: str) -> tuple[int, str]:
    """Types an answer whenever the terminal shows a question. Returns the exit code and the whole output."""
    ours, theirs = pty.openpty()
    wide = os.environ | {"COLUMNS": "120", "TERM": "xterm"}
    with subprocess.Popen(
        [SEGCTL, "new", *options],
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=wide,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        shown, answered_until = "", 0
        while True:
            try:
                read = os.read(ours, 65536)
            except OSError:
                break
            if not read:
                break
            shown += read.decode()
            if typed and typed[0][0] in shown[answered_until:]:
                answered_until = len(shown)
                answer = typed.pop(0)[1]
                if answer == "^C":
                    time.sleep(0.2)
                    process.send_signal(signal.SIGINT)
                else:
                    os.write(ours, f"{answer}\n".encode())
        code = process.wait()
    os.close(ours)
    assert typed == [], shown
    return code, re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown).replace("\r\n", "\n")


def test_answers_typed_on_a_terminal(shop: Path) -> None:
    before = texts(shop)
    code, shown = on_a_terminal(
        shop,
        [
            ("About:", "event"),
            ("Event:", "order_item"),
            ("How:", "times"),
            ("Compared:", "gte"),
            ("Value:", "3"),
            ("Only those by", "category"),
            ("Compared:", "eq"),
            ("Value:", "cofee"),
            ("did you mean coffee?", "coffee"),
            ("Within the last", "6 months"),
            ("Another condition", "and"),
            ("About:", "attribute"),
            ("Attribute:", "country"),
            ("Compared:", "in"),
            ("Values", "NO, GB"),
            ("Another condition", "no"),
            ("Name", "vip"),
            ("there is a segment vip already", "Coffee!"),
            ("for example coffee", "coffee_abroad"),
            ("Label", "Coffee: abroad"),
            ("Owner", ""),
            ("File", "loyalty"),
            ("Write this to segments/loyalty.yml?", "y"),
        ],
        "--no-size",
    )
    assert code == 0, shown
    said = (
        "who have bought something with category “coffee” at least three times in the last 6 months and whose country"
    )
    assert said in " ".join(shown.split())
    after = texts(shop)
    assert {name for name in after if after[name] != before.get(name)} == {"loyalty.yml"}
    assert after["loyalty.yml"].startswith(before["loyalty.yml"])
    assert defined(shop, "loyalty.yml") == {
        "name": "coffee_abroad",
        "label": "Coffee: abroad",
        "rule": {
            "all": [
                {
                    "event": "order_item",
                    "where": {"category": "coffee"},
                    "times": {"gte": 3},
                    "within_last": "6 months",
                },
                {"attribute": "country", "in": ["NO", "GB"]},
            ]
        },
    }
    assert segctl(shop, "validate").code == 0


def test_ctrl_c_writes_nothing(shop: Path) -> None:
    before = texts(shop)
    code, shown = on_a_terminal(shop, [("About:", "event"), ("Event:", "order"), ("How:", "^C")], "--no-size")
    assert (code, shown.splitlines()[-1]) == (3, "segctl: interrupted; nothing has been written")
    assert texts(shop) == before


def test_answers_from_a_pipe(shop: Path) -> None:
    before = texts(shop)
    first = ("metric", "lifetime_value", "gt", "100", "60 days")
    never = ("event", "order", "never", "any", "")
    several = (*first, "or", *never, "and", "segment", "vip", "not_in", "undo", "no")
    found = answered(shop, *several, "quiet_ones", "", "", "", "y")
    assert found.code == 0, found.err
    assert defined(shop, "quiet_ones.yml") == {
        "name": "quiet_ones",
        "rule": {
            "any": [
                {"metric": "lifetime_value", "gt": 100, "within_last": "60 days"},
                {"event": "order", "never": True},
            ]
        },
    }
    assert segctl(shop, "validate").code == 0
    # A no at the end, or the end of the answers, writes nothing.
    present = texts(shop)
    refused = answered(shop, *first, "no", "never_written", "", "", "", "n")
    ended = answered(shop, *first)
    message = "segctl: the input ended before the last question; nothing has been written\n"
    assert (ended.code, ended.err) == (2, message)
    assert (refused.code, refused.err) == (1, "segctl: nothing has been written\n")
    assert texts(shop) == present
    assert before.keys() < present.keys()


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--name", "vip", "--rule", "{event: order}"), 2, "there is a segment vip already, in segments/loyalty.yml:"),
        (("--name", "Vip", "--rule", "{event: order}"), 2, '"Vip" is not a lower-case identifier'),
        (("--rule", "{event: order}"), 2, "--rule needs --name"),
        (("--name", "x", "--rule", "{event: ordr}"), 1, "did you mean order?"),
        (("--name", "x", "--rule", "{event: order"), 1, "the rule:2:1: not valid YAML"),
        (("--name", "x", "--rule", "order"), 2, "a rule is a mapping"),
        (("--name", "x", "--rule", "&a {event: order}"), 1, "anchor &a is not allowed"),
        (("--name", "x", "--rule", "{event: order}", "--file", "catalog"), 2, "is the catalog"),
        (("--name", "x", "--rule", "{event: order}", "--file", "../x.yml"), 2, "is not in segments/"),
        (("--name", "x", "--rule", "{event: order}", "--file", "offices"), 2, "is about account, not about customers"),
        (("--name", "x", "--json"), 2, "--json needs --rule"),
    ],
)
def test_what_is_refused_changes_nothing(options: tuple[str, ...], code: int, message: str, shop: Path) -> None:
    before = texts(shop)
    outcome = segctl(shop, "new", *options)
    assert (outcome.code, outcome.out) == (code, "")
    assert message in outcome.err
    assert "Traceback" not in outcome.err
    assert texts(shop) == before


def test_without_questions(shop: Path) -> None:
    rule = '{all: [{metric: lifetime_value, gt: 500}, {attribute: city, eq: "no"}]}'
    outcome = segctl(shop, "new", "--name", "direct", "--tag", "t", "--rule", rule, "--json")
    assert outcome.data["file"] == "segments/direct.yml"
    assert outcome.data["says"] == "Customers whose lifetime value is more than £500 and whose city is “no”."
    assert defined(shop, "direct.yml") == {
        "name": "direct",
        "tags": ["t"],
        "rule": {"all": [{"metric": "lifetime_value", "gt": 500}, {"attribute": "city", "eq": "no"}]},
    }
    assert (shop / "segments/direct.yml").read_text().startswith("# yaml-language-server: ")


def test_two_at_once(shop: Path) -> None:
    names = ("one_of_two", "two_of_two")
    arguments = [(SEGCTL, "new", "--name", name, "--file", "both", "--rule", "{event: order}") for name in names]
    processes = [subprocess.Popen(one, cwd=shop, stdout=subprocess.DEVNULL) for one in arguments]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    found = yaml.safe_load((shop / "segments/both.yml").read_text())
    assert {segment["name"] for segment in found["segments"]} == set(names)


def test_a_folder_that_cannot_be_written(shop: Path) -> None:
    before = texts(shop)
    (shop / "segments").chmod(0o555)
    as_nobody = ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner", "--") if os.geteuid() == 0 else ()
    command = [*as_nobody, SEGCTL, "new", "--name", "in_vain", "--rule", "{event: order}"]
    try:
        completed = subprocess.run(command, cwd=shop, capture_output=True, text=True, check=False)
    finally:
        (shop / "segments").chmod(0o755)
    assert (completed.returncode, completed.stdout) == (1, "")
    assert completed.stderr == f"segctl: cannot write {shop}/segments/in_vain.yml: Permission denied\n"
    assert texts(shop) == before
    assert sorted(path.name for path in (shop / "segments").iterdir() if path.name.startswith(".")) == [".schema"]


def test_sizes_while_it_goes(demo_after_two_runs: Path, tmp_path: Path) -> None:
    folder = copied(demo_after_two_runs, tmp_path / "shop")
    sql = "select count(*) from customer_features where deleted_at is null and lifetime_value > 500"
    with duckdb.connect(str(folder / "segctl.duckdb"), read_only=True) as connection:
        wanted = connection.execute(sql).fetchone()
    assert wanted is not None
    found = answered(
        folder, "metric", "lifetime_value", "gt", "500", "", "no", "rich", "", "", "value", "y", options=()
    )
    assert found.code == 0, found.err
    assert f"\n{wanted[0]} of 399 customers, who bring £" in found.out
    # Without a terminal for questions, it continues without them.
    (folder / "profiles.yml").write_text("segctl: {target: x, outputs: {}}\n")
    found = answered(
        folder, "metric", "lifetime_value", "gt", "500", "", "no", "rich_too", "", "", "value", "y", options=()
    )
    assert found.code == 0, found.err
    assert "\nNo sizes: " in found.out
