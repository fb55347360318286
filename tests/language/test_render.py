"""Promises of rendering: the same text for the same meaning, one reference per source, and only literals."""

import re
from difflib import ndiff

import pytest

from segctl.errors import ProblemsFound
from segctl.plan.plan import Plan
from segctl.project.project import planned
from segctl.render import render
from segctl.render.sql.layout import wrapped_condition

CATALOG = """
version: 1
timezone: Europe/London
entities:
  customer:
    model: {customers}
    key: id
    attributes: {{country: string, birthday: date}}
events:
  order:
    model: stg_orders
    customer: id
    at: ordered_at
    fields: {{amount: number, channel: string, a: string, a_b: string, a_not: string}}
  refund:
    model: stg_orders
    customer: id
    at: ordered_at
    fields: {{amount: number, status: string}}
    where: {{status: refunded}}
  visit: {{model: "source('web', 'visits')", customer: id, at: {{column: day, type: date}}}}
metrics:
  spent: {{sum: order.amount}}
"""
RULES = {
    "one": "{metric: spent, gt: 100, within_last: 90 days}",
    "two": "{all: [{event: refund}, {event: visit, within_last: 7 days}]}",
    "three": "{any: [{attribute: birthday, anniversary_within_next: 7 days}, {not: {segment: one}}]}",
}


def plan_of(rules: dict[str, str], customers: str = "stg_customers") -> Plan:
    lines = [f"  - {{name: {name}, rule: {rule}}}" for name, rule in rules.items()]
    text = "\n".join(["version: 1", "segments:", *lines, ""])
    files = {"segments/catalog.yml": CATALOG.format(customers=customers), "segments/some.yml": text}
    return planned({path: content.encode() for path, content in files.items()})


def features(rules: dict[str, str], customers: str = "stg_customers") -> str:
    return render(plan_of(rules, customers))["models/segments/customer_features.sql"]


def test_each_source_is_read_once_for_guards_once_for_its_days_and_once_for_features() -> None:
    files = {path.rpartition("/")[2]: text for path, text in render(plan_of(RULES)).items() if path.endswith(".sql")}
    read_by = {
        "ref('stg_orders')": {
            "figures_of_order.sql",
            "figures_of_refund.sql",
            "order_refund_features.sql",
            "source_days.sql",
        },
        "ref('stg_customers')": {"figures_of_customer.sql", "customer_features.sql", "time_flags.sql"},
        "source('web', 'visits')": {"figures_of_visit.sql", "source_days.sql", "visit_features.sql"},
    }
    for source, models in read_by.items():
        reading = re.compile(rf"from \{{\{{ [^}}]*{re.escape(source)}")
        counts = {name: len(reading.findall(text)) for name, text in files.items() if reading.search(text)}
        assert counts == dict.fromkeys(models, 1)


def test_order_of_definitions_makes_no_feature_and_no_hash_another() -> None:
    backwards = dict(reversed(RULES.items()))
    assert features(RULES) == features(backwards)
    hashes = {found.segment.name: found.definition_hash for found in plan_of(RULES).segments}
    assert hashes == {found.segment.name: found.definition_hash for found in plan_of(backwards).segments}


def test_another_segment_only_adds_lines() -> None:
    fewer = features({name: RULES[name] for name in ("one", "three")}).splitlines()
    more = features({**RULES, "four": "{event: order, where: {channel: web}, times: {gte: 2}}"}).splitlines()
    difference = list(ndiff(fewer, more))
    removed = [line[2:] for line in difference if line.startswith("- ")]
    # The last line of a list gets a comma.
    assert [line for line in removed if f"+ {line}," not in difference] == []


# With memory, groups and references, about customers and accounts.
FILES = {
    "shop": """
  - {name: base, label: The base, rule: {metric: spent, gte: 100}}
  - {name: gold, group: tier, priority: 10, rule: {metric: spent, gte: 100}}
  - {name: silver, group: tier, priority: 20, rule: {metric: spent, gte: 50}}
  - {name: calm, rule: {event: order, within_last: 1 day}, cool_down: 20 days}
  - {name: kept, rule: {segment: base}, keep_while: {event: refund}}
  - {name: later, formerly: earlier, rule: {not: {segment: gold}}}
""",
    "more": """
  - {name: abroad, rule: {attribute: country, ne: GB}}
  - {name: off, enabled: false, rule: {event: visit}}
""",
}


def rendered(**files: str) -> dict[str, str]:
    texts = {f"segments/{stem}.yml": f"version: 1\nsegments:{listed}" for stem, listed in files.items()}
    contents = {"segments/catalog.yml": CATALOG.format(customers="stg_customers"), **texts}
    return render(planned({path: text.encode() for path, text in contents.items()}))


def test_comments_blank_lines_and_places_move_no_line() -> None:
    before = rendered(**FILES)
    lines = FILES["shop"].strip("\n").split("\n")
    assert rendered(**FILES | {"shop": "\n# Said of all.\n\n" + "\n\n  # Of one.\n".join(lines) + "\n"}) == before
    for start in range(1, len(lines)):
        assert rendered(**FILES | {"shop": "\n".join(["", *lines[start:], *lines[:start], ""])}) == before


NEW = {
    "of its own": "{name: a_new, rule: {attribute: country, eq: FR}}",
    "with all that there is": "{name: z_new, rule: {event: visit}, keep_while: {event: refund}, min_stay: 1 day}",
    "that refers": "{name: new, rule: {all: [{segment: kept}, {segment: base}]}}",
    "last of its group": "{name: new, group: tier, priority: 30, rule: {attribute: country, eq: FR}}",
}


def taken_away(before: str, after: str) -> list[str]:
    """The removed lines."""
    return [line[2:] for line in ndiff(before.split("\n"), after.split("\n")) if line.startswith("- ")]


@pytest.mark.parametrize("new", NEW)
@pytest.mark.parametrize("file", FILES)
def test_another_segment_changes_no_line_of_others(new: str, file: str) -> None:
    before, after = rendered(**FILES), rendered(**FILES | {file: f"{FILES[file]}  - {NEW[new]}\n"})
    assert before.keys() <= after.keys()
    for path, text in before.items():
        assert taken_away(text, after[path]) == [], path


def test_between_others_of_its_group_a_segment_adds_lines_to_their_model() -> None:
    between = "{name: new, group: tier, priority: 15, rule: {attribute: country, eq: FR}}"
    path = "models/segments/members_shop.sql"
    after = rendered(**FILES | {"shop": f"{FILES['shop']}  - {between}\n"})
    assert taken_away(rendered(**FILES)[path], after[path]) == []


def test_the_union_of_definitions_needs_the_union_of_features() -> None:
    apart = [set(plan_of({name: rule}).features) for name, rule in RULES.items() if name != "three"]
    together = {name: rule for name, rule in RULES.items() if name != "three"}
    assert set(plan_of(together).features) == set.union(*apart)


@pytest.mark.parametrize(
    ("written", "alike"),
    [
        ("{all: [{event: order}, {event: visit}]}", "{all: [{event: visit}, {event: order}]}"),
        ("{event: order}", "{event: order, times: {gte: 1}}"),
        ("{event: order, never: true}", "{event: order, times: {eq: 0}}"),
        ("{metric: spent, gt: 1}", "{event: order, sum: amount, gt: 1.00}"),
        ("{attribute: country, in: [GB, IE]}", "{attribute: country, in: [IE, GB]}"),
        ("{event: order, where: {a: x, channel: y}}", "{event: order, where: {channel: {eq: y}, a: x}}"),
        ("{not: {event: order}}", "{none: [{event: order}]}"),
    ],
)
def test_the_same_meaning_has_the_same_hash(written: str, alike: str) -> None:
    first, second = plan_of({"s": written}), plan_of({"s": alike})
    assert first.segments[0].definition_hash == second.segments[0].definition_hash
    assert first.features == second.features


@pytest.mark.parametrize(
    ("written", "different"),
    [
        ("{event: order}", "{event: refund}"),
        ("{metric: spent, gt: 1}", "{metric: spent, gte: 1}"),
        ("{event: order, within_last: 30 days}", "{event: order, within_last: 1 month}"),
        ("{attribute: country, eq: GB}", "{not: {attribute: country, ne: GB}}"),
        ("{all: [{event: order}, {event: visit}]}", "{any: [{event: order}, {event: visit}]}"),
    ],
)
def test_another_meaning_has_another_hash(written: str, different: str) -> None:
    hashes = [plan_of({"s": rule}).segments[0].definition_hash for rule in (written, different)]
    assert hashes[0] != hashes[1]


def test_a_diamond_is_no_circle() -> None:
    rules = {
        "top": "{all: [{segment: left_side}, {segment: right_side}]}",
        "left_side": "{segment: bottom}",
        "right_side": "{not: {segment: bottom}}",
        "bottom": "{event: order}",
    }
    assert len(plan_of(rules).segments) == 4


@pytest.mark.parametrize("model", ["features", "joined", "user", "order_features", "source('web', 'order')"])
def test_models_named_like_a_step_or_a_keyword(model: str) -> None:
    text = features(RULES, model)
    steps = re.findall(r"^(?:with )?(\w+) as \($", text, re.MULTILINE)
    assert len(steps) == len(set(steps))
    assert "user" not in steps


def test_nothing_in_properties_is_a_template() -> None:
    told = '"{% if x %}{{ y }}{# z"'
    rules = {
        "one": f"{{sequence: [{{event: order}}, {{event: refund, where: {{status: {told}}}, within: 2 days}}]}}",
        "two": f"{{event: order, where: {{channel: {told}}}}}",
        "three": f"{{attribute: country, eq: {told}}}",
    }
    text = render(plan_of(rules))["models/segments/segments.yml"]
    described = [line for line in text.splitlines() if "description:" in line]
    assert any("{ % if x" in line for line in described)
    assert not [line for line in described if re.search(r"\{[{%#]", line)]


def test_names_that_read_alike_are_refused() -> None:
    rules = {"s": "{event: order, where: {a_b: c}}", "t": "{event: order, where: {a: {eq: b_c}}}"}
    plan = plan_of(rules)
    assert len({feature.name for feature in plan.features}) == 2
    clash = {"s": "{event: order, where: {a: {not_in: [x]}}}", "t": "{event: order, where: {a_not: {in: [x]}}}"}
    with pytest.raises(ProblemsFound) as failure:
        plan_of(clash)
    assert {problem.code for problem in failure.value.problems} == {"name-clash"}


def test_breaking_a_condition_keeps_together_what_belongs_together() -> None:
    a, b, c = ("x" * 60 + name for name in "abc")
    broken = wrapped_condition(f"{a} = 1 or {b} = 2 and {c} = 3", "")
    assert " ".join(broken.split()) == f"( {a} = 1 or ( {b} = 2 and {c} = 3 ) )"
    assert " ".join(wrapped_condition(f"({a} and {b} or {c})", "").split()) == f"( ( {a} and {b} ) or {c} )"
    assert (
        " ".join(wrapped_condition(f"{a} between {b} and {c} or {a}", "").split())
        == f"( {a} between {b} and {c} or {a} )"
    )
