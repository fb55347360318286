"""`segctl preview`: the members of a draft, recomputed by hand from the tables of the run."""

import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.shops.demo_project import SEGCTL, Outcome, copied, segctl

BIG = """
all:
  - {metric: lifetime_value, gte: 300}
  - {event: order, within_last: 37 days, times: {gte: 2}}
  - {not: {segment: staff}}
"""


@pytest.fixture(scope="module")
def shop(demo_after_two_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(demo_after_two_runs, tmp_path_factory.mktemp("preview") / "shop")


def rows(shop: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(shop / "segctl.duckdb"), read_only=True) as connection:
        found: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
    return found


def drafted(shop: Path, text: str, *arguments: str) -> Outcome:
    path = shop / "draft_of_a_test.yml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return segctl(shop, "preview", "draft_of_a_test.yml", *arguments)


def test_size_value_and_funnel(shop: Path) -> None:
    (found,) = drafted(shop, BIG, "--json").data
    # Orders of the last 37 days are no feature of the demo: its run has not counted them.
    orders = "select customer_id, count(*) as orders from stg_orders where status not in ('cancelled', 'refunded')"
    orders += " and ordered_at <= timestamp '2025-12-29' and ordered_at > timestamp '2025-11-22' group by customer_id"
    people = "select features.*, coalesce(orders, 0) as orders, staff.customer_id is not null as is_staff"
    people += f" from customer_features as features left join ({orders}) as counted using (customer_id)"
    people += (
        " left join (select customer_id from segment_membership where segment = 'staff') as staff using (customer_id)"
    )
    people += " where features.deleted_at is null"
    first, second, third = "lifetime_value >= 300", "orders >= 2", "not is_staff"
    counts = [first, second, third, f"{first} and {second}", f"{first} and {second} and {third}"]
    columns = ", ".join(f"count(*) filter ({condition})" for condition in counts)
    (wanted,) = rows(
        shop, f"select {columns}, sum(revenue) filter ({counts[-1]}), sum(revenue), count(*) from ({people})"
    )
    assert [clause["alone"] for clause in found["clauses"]] == list(wanted[:3])
    assert [clause["so_far"] for clause in found["clauses"]] == [wanted[0], wanted[3], wanted[4]]
    assert found["size"] == wanted[4] > 0
    assert (float(found["member_revenue"]), float(found["revenue"])) == (float(wanted[5]), float(wanted[6]))
    assert found["customers"] == wanted[7]
    (eligible,) = rows(shop, f"select count(*) from ({people}) where {counts[-1]} and eligible")
    assert found["eligible"] == eligible[0]
    best = rows(
        shop, f"select customer_id from ({people}) where {counts[-1]} order by revenue desc, customer_id limit 10"
    )
    assert [member["key"] for member in found["members"]] == [str(key) for (key,) in best]
    assert found["members"][0]["values"].keys() == {"lifetime_value", "order_count__37d"}


def test_overlap(shop: Path) -> None:
    (found,) = segctl(shop, "preview", "vip", "--beside", "abroad", "--beside", "staff", "--json").data
    alike = {one["segment"]: (one["size"], one["both"]) for one in found["overlaps"]}
    shared = "select other.segment, count(*), count(vip.customer_id) from segment_membership as other left join"
    shared += (
        " (select customer_id from segment_membership where segment = 'vip') as vip using (customer_id) group by 1"
    )
    wanted = {segment: (size, both) for segment, size, both in rows(shop, shared)}
    assert {name: wanted[name] for name in alike} == alike
    assert [one["segment"] for one in found["overlaps"][:2]] == ["abroad", "staff"]
    jaccard = {name: both / (size + found["size"] - both) for name, (size, both) in wanted.items() if name != "vip"}
    others = sorted(jaccard.keys() - {"abroad", "staff"}, key=lambda name: (-jaccard[name], name))
    assert [one["segment"] for one in found["overlaps"][2:]] == others[:5]
    assert found["last_run_size"] == found["size"] == wanted["vip"][0]


def test_month_ends(shop: Path) -> None:
    (found,) = drafted(shop, "{metric: lifetime_value, gte: 300}", "--months", "2", "--json").data
    assert [size["as_of"] for size in found["months"]] == ["2025-11-01T00:00:00Z", "2025-12-01T00:00:00Z"]
    for size in found["months"]:
        then = size["as_of"].removesuffix("Z")
        spent = "select customer_id, sum(amount) as spent from stg_orders where status not in ('cancelled', 'refunded')"
        spent += f" and ordered_at <= timestamp '{then}' group by customer_id having spent >= 300"
        existed = f"select customer_id from stg_customers where signed_up_at <= timestamp '{then}'"
        (wanted,) = rows(shop, f"select count(*), sum(spent) from ({spent}) where customer_id in ({existed})")
        assert (size["size"], float(size["revenue"])) == (wanted[0], float(wanted[1]))


@pytest.mark.parametrize(
    "text",
    [
        "{metric: lifetime_value, gte: 300}\n",
        "metric: lifetime_value\ngte: 300\n",
        "rule: {metric: lifetime_value, gte: 300}\n",
        "{rule: {metric: lifetime_value, gte: 300}}\n",
        "{name: draft, rule: {metric: lifetime_value, gte: 300}}\n",
        "name: draft\nrule:\n  metric: lifetime_value\n  gte: 300\n",
        "version: 1\nsegments:\n  - {name: draft, rule: {metric: lifetime_value, gte: 300}}\n",
        "---\nmetric: lifetime_value\ngte: 300\n",
        "# a comment\n--- {rule: {metric: lifetime_value, gte: 300}}\n",
    ],
)
def test_forms_of_a_draft(shop: Path, text: str) -> None:
    (found,) = drafted(shop, text, "--members", "0", "--json").data
    assert found["says"] == "Customers whose lifetime value is £300 or more."
    assert found["members"] == []


def test_a_draft_may_name_what_it_defines_and_replace_what_there_is(shop: Path) -> None:
    text = "version: 1\nsegments:\n  - {name: big, rule: {metric: lifetime_value, gte: 300}}\n"
    text += "  - {name: vip, rule: {all: [{segment: big}, {segment: abroad}]}}\n"
    big, vip = drafted(shop, text, "--json").data
    assert (big["segment"], vip["segment"]) == ("big", "vip")
    assert vip["size"] <= vip["clauses"][0]["alone"] == big["size"]
    assert vip["last_run_size"] > 0
    assert big["last_run_size"] is None


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("{metric: lifetime_valu, gte: 300}\n", "1:10", 'unknown metric "lifetime_valu"'),
        ("metric: lifetime_value\ngte: much\n", "2:6", 'gte expects a number with at most six places, found "much"'),
        ("rule:\n  all:\n    - {segment: nix}\n", "3:17", 'unknown segment "nix"'),
        ("name: draft\nrule: {metric: lifetime_valu, gte: 300}\n", "2:16", 'unknown metric "lifetime_valu"'),
        ("version: 1\nsegments:\n  - {name: a, rule: {segment: b}}\n", "3:31", 'unknown segment "b"'),
        ("[\n", "2:1", ""),
        ("[" * 2_000, "1:61", "nested more than 60 deep"),
        ("{all: [" * 2_000, "1:", ""),
        ("metric: lifetime_value\ngte: 300\ngte: 400\n", "3:1", 'has the key "gte" twice'),
        ("metric: caf\udce9\n", "1:12", "is not UTF-8"),
        ("", "1:1", "the file is empty"),
    ],
)
def test_a_draft_with_problems(shop: Path, text: str, place: str, message: str) -> None:
    outcome = drafted(shop, text)
    assert outcome.code == 1
    assert outcome.err.startswith(f"draft_of_a_test.yml:{place}"), outcome.err
    assert message in outcome.err
    assert not outcome.out


def piped(shop: Path, text: str, *arguments: str) -> Outcome:
    command = [str(SEGCTL), "preview", "-", *arguments]
    done = subprocess.run(command, cwd=shop, input=text, capture_output=True, encoding="utf-8", check=False)
    return Outcome(done.returncode, done.stdout, done.stderr)


def test_standard_input(shop: Path) -> None:
    outcome = piped(shop, "{metric: lifetime_value, gte: 300}\n", "--json")
    assert outcome.data[0]["segment"] == "draft"
    outcome = piped(shop, "{metric: lifetime_valu, gte: 3}\n")
    assert (outcome.code, outcome.err[:14]) == (1, "<stdin>:1:10: ")


def test_why_under_a_draft(shop: Path) -> None:
    (best,) = rows(shop, "select customer_id from customer_features order by revenue desc nulls last limit 1")
    (found,) = drafted(shop, BIG, "--why", str(best[0]), "--json").data
    assert found["rule"]["parts"][0]["value"] is not None
    assert found["rule"]["parts"][0]["gap"].endswith("to spare")
    assert found["member"] == all(part["holds"] for part in found["rule"]["parts"])
    explained = drafted(shop, BIG, "--why", str(best[0]))
    assert f"Customer {best[0]} would" in explained.out
    outcome = drafted(shop, BIG, "--why", "nobody")
    assert (outcome.code, 'there is no customer "nobody"' in outcome.err) == (2, True)


def test_an_account(shop: Path) -> None:
    text = "version: 1\nentity: account\nsegments: [{name: large, rule: {attribute: employees, gte: 100}}]\n"
    (found,) = drafted(shop, text, "--json").data
    ((count,),) = rows(shop, "select count(*) from stg_accounts where employees >= 100")
    assert (found["entity"], found["size"]) == ("account", count)
    (found,) = drafted(shop, text, "--why", "AC-12", "--json").data
    assert found["member"] is True


def test_a_rule_of_many_clauses(shop: Path) -> None:
    clauses = "".join(f"  - {{metric: lifetime_value, gt: {number}}}\n" for number in range(300))
    (found,) = drafted(shop, f"any:\n{clauses}", "--json").data
    assert len(found["clauses"]) == 41
    assert found["clauses"][-1]["words"] == "the other 260"
    assert found["clauses"][-1]["so_far"] == found["size"]


def test_a_segment_comes_before_a_file(shop: Path) -> None:
    (shop / "vip").write_text("{metric: lifetime_value, gte: 1}\n", encoding="utf-8")
    (found,) = segctl(shop, "preview", "vip", "--json").data
    assert found["segment"] == "vip"
    outcome = segctl(shop, "preview", "segments")
    assert (outcome.code, "it is a folder, not a file" in outcome.err) == (1, True)


def test_wrong_usage(shop: Path) -> None:
    outcome = segctl(shop, "preview", "vipp")
    assert outcome.code == 2
    assert "there is neither a segment nor a file vipp" in outcome.err
    assert "did you mean vip?" in outcome.err
    outcome = segctl(shop, "preview", "vip", "--beside", "vipp")
    assert (outcome.code, "there is no segment vipp" in outcome.err) == (2, True)
