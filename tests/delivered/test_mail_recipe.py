"""Files that mail platforms import, made from exported changes as docs/recipes.md describes."""

import csv
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.support.built_project import REPOSITORY
from tests.support.shops.demo_project import copied, segctl

SPLIT = REPOSITORY / "examples" / "recipes" / "mail" / "split.py"
FIRST_RUN = "20251222T000000.000000Z"
ASKED = """
select lower(trim(customers.email)), changes.segment, changes.change
from main.segment_changes as changes
inner join main.stg_customers as customers using (customer_id)
where changes.run_id > ? and changes.segment in ('vip', 'win_back')
    and customers.marketing_consent
"""


def split(changes: Path, folder: Path, *options: str) -> tuple[list[list[str]], list[list[str]]]:
    subprocess.run(
        [sys.executable, str(SPLIT), str(changes), str(folder), *options], check=True, stdout=subprocess.PIPE
    )
    separator = ";" if options else ","
    names = ("contacts.csv", "removals.csv")
    files = [
        list(csv.reader((folder / name).open(encoding="utf-8", newline=""), delimiter=separator)) for name in names
    ]
    return files[0], files[1]


def test_contacts_and_removals_are_the_joins_and_leaves(demo_after_two_runs: Path, tmp_path: Path) -> None:
    shop = copied(demo_after_two_runs, tmp_path / "shop")
    export_options = ("--changes-since", FIRST_RUN, "--destination", "mail", "--hash", "plain", "--columns", "email")
    done = segctl(shop, "export", "vip", "win_back", *export_options, "--to", "changes.csv", "--format", "csv")
    assert done.code == 0, done.err
    contacts, removals = split(shop / "changes.csv", tmp_path / "upload")
    with duckdb.connect(str(shop / "segctl.duckdb"), read_only=True) as warehouse:
        rows = [
            (email, segment, change)
            for email, segment, change in warehouse.execute(ASKED, [FIRST_RUN]).fetchall()
            if email
        ]
    for file, change in ((contacts, "joined"), (removals, "left")):
        assert file[0] == ["Email Address", "Tags"]
        result = {(email.lower(), tag) for email, tags in file[1:] for tag in tags.split(",")}
        assert result == {(email, segment) for email, segment, what in rows if what == change}
        assert result


@pytest.mark.parametrize("options", [(), ("--platform", "brevo")])
def test_odd_addresses_and_one_address_of_two_customers(options: tuple[str, ...], tmp_path: Path) -> None:
    changes = tmp_path / "changes.csv"
    header = ("op", "segment", "customer_id", "email", "cause", "run_id", "changed_at")
    rows = [
        ("add", "vip", "1", '"a,b;c"@example.com', "event", "r", "t"),
        ("add", "win_back", "1", '"a,b;c"@example.com', "event", "r", "t"),
        ("remove", "vip", "2", '"a,b;c"@example.com', "time", "r", "t"),
        ("update", "vip", "3", " new@example.com ", "changed", "r", "t"),
        ("remove", "vip", "4", "gone@example.com", "erased", "r", "t"),
        ("add", "vip", "5", "", "event", "r", "t"),
    ]
    with changes.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    contacts, removals = split(changes, tmp_path / "upload", *options)
    assert contacts[1:] == [['"a,b;c"@example.com', "vip,win_back"], ["new@example.com", "vip"]]
    assert removals[1:] == [["gone@example.com", "vip"]]
