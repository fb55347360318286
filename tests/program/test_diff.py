"""`segctl diff` as a reviewer uses it: a pull request on the demo shop, in a git repository."""

from pathlib import Path

from tests.support.shops.demo_project import segctl
from tests.support.shops.demo_repository import diff_data, edit, git, rows, shop

__all__ = ["shop"]


EXPOSURE = """
version: 2
exposures:
  - {name: crm_sync, type: application, owner: {name: CRM}, depends_on: [ref('segment_membership')]}
"""


def test_a_pull_request(shop: Path) -> None:
    """Three definitions edited, one renamed, one removed, one new: every number is recomputed."""
    edit(
        shop,
        "loyalty.yml",
        ("{metric: lifetime_value, gte: 500}", "{metric: lifetime_value, gte: 300}"),
        ("{metric: lifetime_value, gt: 100}", "{metric: lifetime_value, gt: 120}"),
        ("- name: coffee_lovers\n", "- name: coffee_fans\n    formerly: coffee_lovers\n"),
    )
    text = (shop / "segments" / "loyalty.yml").read_text(encoding="utf-8")
    dropped = text.index("  - name: coffee_without_equipment")
    new = "  - {name: big, rule: {metric: lifetime_value, gte: 900}}\n"
    (shop / "segments" / "loyalty.yml").write_text(text[:dropped] + new, encoding="utf-8")
    git(shop, "commit", "--quiet", "--all", "--message", "Edits")
    (shop / "models" / "exposures.yml").write_text(EXPOSURE, encoding="utf-8")
    before = (shop / "segctl.duckdb").read_bytes()
    data = diff_data(shop)
    assert (shop / "segctl.duckdb").read_bytes() == before
    result = {segment["segment"]: segment for segment in data["segments"]}
    kinds = {name: one["what"] for name, one in result.items()}
    assert kinds == {
        "vip": "redefined",
        "spent_over_100": "redefined",
        "coffee_fans": "renamed",
        "coffee_without_equipment": "removed",
        "big": "added",
    }
    worth = "select count(*), coalesce(sum(revenue), 0) from customer_features where lifetime_value"
    assert (result["big"]["counts"]["joins"], float(result["big"]["counts"]["revenue_joins"])) == counted(
        shop, f"{worth} >= 900"
    )
    left = counted(shop, f"{worth} > 100 and lifetime_value <= 120")
    over = result["spent_over_100"]
    assert (over["counts"]["leaves"], float(over["counts"]["revenue_leaves"])) == left
    leaves = over["counts"]["leaves"]
    assert over["edits"] == [{"words": "lifetime_value > 120, was > 100", "inside": [], "joins": 0, "leaves": leaves}]
    assert over["near"] == [
        {"words": "lifetime_value > 108", "count": counted(shop, f"{worth} > 108 and lifetime_value <= 120")[0]}
    ]
    members = "select count(*), 0 from segment_membership where segment = 'coffee_without_equipment'"
    assert result["coffee_without_equipment"]["counts"]["leaves"] == counted(shop, members)[0]
    assert result["coffee_fans"]["counts"] is None
    assert result["coffee_fans"]["formerly"] == "coffee_lovers"
    assert [sample["change"] for sample in over["samples"]] == ["leave"] * 3
    assert [sample["values"].keys() for sample in over["samples"]] == [{"lifetime_value"}] * 3
    assert data["customers"] == rows(shop, "select count(*) from customer_features where deleted_at is null")[0][0]
    # Readers of vip are listed there. The project's own exposures are not.
    assert data["exposures"] == ["christmas_calls", "crm_sync"]
    moved = [
        float(segment["counts"]["revenue_joins"]) + float(segment["counts"]["revenue_leaves"])
        for segment in data["segments"][:-1]
    ]
    assert moved == sorted(moved, reverse=True)


def counted(shop: Path, sql: str) -> tuple[int, float]:
    ((count, revenue),) = rows(shop, sql)
    return count, float(revenue)


def test_what_an_edit_moves_through_others(shop: Path) -> None:
    edit(shop, "catalog.yml", ("rules:\n", "rules:\n  big_spender: {metric: lifetime_value, gte: 400}\n"))
    edit(shop, "loyalty.yml", ("{metric: lifetime_value, gte: 500}", "{rule: big_spender}"))
    edit(
        shop,
        "value.yml",
        ("version: 1\nsegments:\n", "version: 1\nsegments:\n  - {name: many, rule: {segment: vip}}\n"),
    )
    git(shop, "commit", "--quiet", "--all", "--message", "A rule with a name")
    edit(
        shop,
        "catalog.yml",
        ("big_spender: {metric: lifetime_value, gte: 400}", "big_spender: {metric: lifetime_value, gte: 600}"),
    )
    result = {segment["segment"]: segment for segment in diff_data(shop, "--against", "HEAD")["segments"]}
    assert result.keys() >= {"vip", "many"}
    assert result["vip"]["through"] == ["rule big_spender"]
    assert result["many"]["through"] == ["segment vip"]
    assert result["vip"]["edits"][0]["words"] == "lifetime_value >= 600, was >= 400"
    assert result["vip"]["edits"][0]["inside"] == ["big_spender"]
    assert result["many"]["edits"][0]["inside"] == ["vip", "big_spender"]
    assert result["vip"]["counts"] == result["many"]["counts"]
    output = segctl(shop, "diff", "--against", "HEAD").out
    assert "leave because lifetime_value >= 600, was >= 400 (in big_spender)" in output


def test_a_metric_that_means_something_else(shop: Path) -> None:
    edit(shop, "value.yml", ("segments:\n", "segments:\n  - {name: often, rule: {metric: order_count, gte: 3}}\n"))
    git(shop, "commit", "--quiet", "--all", "--message", "Often")
    edit(shop, "catalog.yml", ("order_count: {count: order", "order_count: {count: order, where: {channel: web}"))
    (found,) = [
        segment for segment in diff_data(shop, "--against", "HEAD")["segments"] if segment["segment"] == "often"
    ]
    assert found["through"] == ["metric order_count"]
    assert found["edits"][0]["words"] == "order_count >= 3 is computed differently"
    orders = "select customer_id, count(*) as orders from stg_orders where status not in ('cancelled', 'refunded')"
    orders += " and ordered_at <= timestamp '2025-12-29' and customer_id in (select customer_id from customer_features)"
    for name, condition in (("before", "true"), ("after", "channel = 'web'")):
        sql = f"select count(*), 0 from ({orders} and {condition} group by customer_id) where orders >= 3"
        assert found["counts"][name] == counted(shop, sql)[0]


def test_another_wording_moves_no_customer(shop: Path) -> None:
    assert diff_data(shop)["segments"] == []
    outcome = segctl(shop, "diff")
    assert (outcome.code, outcome.out.splitlines()[-1]) == (0, "No segment differs.")
    edit(
        shop,
        "loyalty.yml",
        ("label: VIP", "label: Very important"),
        ("max_change: 50%", "max_change: 40%"),
        ("columns: [email, city,", "columns: [email, country, city,"),
    )
    (found,) = diff_data(shop)["segments"]
    assert (found["what"], found["reworded"], found["counts"]) == ("reworded", ["label", "guard", "share"], None)
    assert "1 reworded; no one joins or leaves." in segctl(shop, "diff").out


def test_what_of_a_catalog_is_another(shop: Path) -> None:
    edit(
        shop,
        "catalog.yml",
        ("eligible: {attribute: marketing_consent, eq: true}", "eligible: {attribute: email, is: set}"),
    )
    data = diff_data(shop)
    assert data["segments"] == []
    assert data["catalog"] == ["who may be contacted (eligible) changed: email is set, was marketing_consent = true"]
    outcome = segctl(shop, "diff")
    assert (outcome.code, "No segment differs, but the catalog does." in outcome.out) == (1, True)


def test_other_customers(shop: Path) -> None:
    """Without `since` every customer exists at any time.

    Hashes of segments do not show that, and other customers are in.
    """
    edit(shop, "catalog.yml", ("    since: signed_up_at ", "    # since: signed_up_at "))
    (found,) = [segment for segment in diff_data(shop, "gb_and_ie")["segments"] if segment["segment"] == "gb_and_ie"]
    assert (found["what"], found["through"]) == ("redefined", ["entity customer"])
    sql = "select count(*), 0 from stg_customers where country in ('GB', 'IE')"
    assert found["counts"]["after"] == counted(shop, sql)[0] > found["counts"]["before"]
    edit(shop, "catalog.yml", ("    key: customer_id\n", "    key: email\n"))
    outcome = segctl(shop, "diff")
    assert outcome.code == 3
    assert "the key of customers is email, and was customer_id: the versions cannot be compared" in outcome.err


def test_memory_in_words(shop: Path) -> None:
    edit(shop, "retention.yml", ("min_stay: 30 days", "min_stay: 5 days"))
    (found,) = diff_data(shop)["segments"]
    assert found["memory_edits"] == ["min_stay: 5 days, was 30 days"]
    # This segment has no readers.
    assert diff_data(shop)["exposures"] == []


def test_a_rename_that_does_not_say_so(shop: Path) -> None:
    edit(shop, "loyalty.yml", ("- name: coffee_lovers\n", "- name: coffee_fans\n"))
    output = segctl(shop, "diff").out
    assert "coffee_fans means what coffee_lovers did: a run holds both back" in output
    assert "say formerly: coffee_lovers" in output


def test_a_guard_that_would_hold_it_back(shop: Path) -> None:
    edit(shop, "loyalty.yml", ("{metric: lifetime_value, gte: 500}", "{metric: lifetime_value, gte: 5000}"))
    (found,) = diff_data(shop, "vip")["segments"]
    assert found["held_by"] == "max_change"
    assert (
        "a run would hold it back: more members would move than its guard allows (max_change)"
        in segctl(shop, "diff").out
    )
    segctl(shop, "render")
    outcome = segctl(shop, "run", "--as-of", "2025-12-30", "--json")
    assert {row["segment"]: row["held_by"] for row in outcome.data["segments"]}["vip"] == "max_change"


def test_no_customer_is_named_without_keys(shop: Path) -> None:
    edit(shop, "loyalty.yml", ("{metric: lifetime_value, gt: 100}", "{metric: lifetime_value, gt: 120}"))
    assert "leave: " in segctl(shop, "diff").out
    for arguments in ((), ("--markdown",), ("--json",)):
        outcome = segctl(shop, "diff", "--no-keys", *arguments)
        assert "leave: " not in outcome.out
        assert "for example" not in outcome.out
    assert diff_data(shop, "--no-keys")["segments"][0]["samples"] == []
    assert len(diff_data(shop, "--samples", "1")["segments"][0]["samples"]) == 1


def test_a_comment_fits(shop: Path) -> None:
    text = "".join(
        f"  - {{name: many_{number}, label: '{'@team | <b> ' * 20}', rule: {{metric: lifetime_value, gt: {number}}}}}\n"
        for number in range(150)
    )
    (shop / "segments" / "many.yml").write_text(f"version: 1\nsegments:\n{text}", encoding="utf-8")
    outcome = segctl(shop, "diff", "--markdown")
    assert outcome.code == 1
    assert len(outcome.out) <= 60_000
    assert "### Segments: 150 added;" in outcome.out
    assert "_Left out to fit into a comment: the details of " in outcome.out
    assert outcome.out.count("| `many_") == 150
    assert outcome.out.count("<details>") == outcome.out.count("</details>") > 20


def test_sql_is_the_query_of_the_warehouse(shop: Path) -> None:
    edit(shop, "loyalty.yml", ("{metric: lifetime_value, gt: 100}", "{metric: lifetime_value, gt: 120}"))
    outcome = segctl(shop, "diff", "--sql")
    assert outcome.code == 0
    (found,) = diff_data(shop)["segments"]
    row = rows(shop, f"select joins_0, leaves_0 from ({outcome.out}) limit 1")
    assert row == [(found["counts"]["joins"], found["counts"]["leaves"])]


def test_nothing_in_a_comment_is_markup(shop: Path) -> None:
    markup = "@team #12 [x](javascript:1) https://evil.example <i> | ` </details> www.evil.example"
    value = f"{markup}\\n- a line of its own"
    rule = f'{{attribute: city, eq: "{value}"}}'
    text = f"version: 1\nsegments:\n  - {{name: odd, label: '{markup}', rule: {rule}}}\n"
    (shop / "segments" / "odd.yml").write_text(text, encoding="utf-8")
    comment = segctl(shop, "diff", "--markdown").out
    for wrong in ("@team", "#12", "[x](", "https://", "<i>", "www.evil", "\n- a line"):
        assert wrong not in comment, wrong
    assert comment.count("</details>") == 1
    assert "\n- a line" not in segctl(shop, "diff").out
    assert "\n- a line" not in segctl(shop, "preview", "odd").out


def test_former_definitions_that_todays_columns_cannot_answer(shop: Path) -> None:
    edit(
        shop,
        "catalog.yml",
        ("      city: string\n", "      city: string\n      town: string\n"),
    )
    edit(
        shop,
        "traits.yml",
        ("version: 1\nsegments:\n", "version: 1\nsegments:\n  - {name: in_town, rule: {attribute: town, eq: York}}\n"),
    )
    git(shop, "commit", "--quiet", "--all", "--message", "A column that is gone since")
    edit(shop, "catalog.yml", ("      town: string\n", ""))
    edit(shop, "traits.yml", ("  - {name: in_town, rule: {attribute: town, eq: York}}\n", ""))
    edit(shop, "loyalty.yml", ("{metric: lifetime_value, gt: 100}", "{metric: lifetime_value, gt: 120}"))
    data = diff_data(shop, "--against", "HEAD")
    assert [segment["segment"] for segment in data["segments"]] == ["spent_over_100"]
    assert [one["message"] for one in data["left_out"]] == ["stg_customers has no column town"]


def test_without_a_run(shop: Path) -> None:
    edit(shop, "loyalty.yml", ("{metric: lifetime_value, gt: 100}", "{metric: lifetime_value, gt: 120}"))
    (shop / "segctl.duckdb").unlink()
    outcome = segctl(shop, "diff")
    assert outcome.code == 3
    assert "Traceback" not in outcome.err
    assert "segctl run builds it" in outcome.err
    assert not (shop / "segctl.duckdb").exists()


def test_between_two_runs(shop: Path) -> None:
    outcome = segctl(shop, "diff", "--from", "2025-12-22", "--json")
    assert outcome.code == 1
    wanted = {
        (segment, change, cause): count
        for segment, change, cause, count in rows(
            shop,
            "select segment, change, cause, count(*) from segment_changes where changed_at > timestamp '2025-12-22'"
            " group by all",
        )
    }
    result = {
        (segment["segment"], change, cause): count
        for segment in outcome.data["segments"]
        for change, output in (("joined", segment["joins"]), ("left", segment["leaves"]))
        for cause, count in output.items()
    }
    assert result == wanted
    for one in outcome.data["segments"]:
        assert one["after"] - one["before"] == sum(one["joins"].values()) - sum(one["leaves"].values())
