"""Guards in definitions: what a segment's guard adds to the catalog's, and where both are rendered."""

import re

import pytest

from segctl.errors import ProblemsFound, described
from segctl.plan.plan import Plan
from segctl.project.project import planned
from segctl.render import render
from segctl.render.properties.meta import declared_segments

CATALOG = """
version: 1
timezone: Europe/London
entities:
  customer: {model: stg_customers, key: id, attributes: {country: string}, max_loss: none}
  account: {model: stg_accounts, key: id, customers: account_id, attributes: {seats: number}}
events:
  order: {model: stg_orders, customer: buyer, at: ordered_at, key: order_id, freshness: 36 hours, max_loss: 5%}
  visit: {model: stg_visits, customer: buyer, at: {column: day, type: date}, freshness: 2 days}
  return: {model: stg_orders, customer: buyer, at: {column: returned_at, type: timestamptz}}
  call: {model: stg_calls, customer: buyer, at: called_at}
guard: {max_change: 20%, max_size: 500, max_loss: 30%}
"""
RULE = "{all: [{event: order}, {event: visit}, {event: return}]}"


def plan_of(*segments: str) -> Plan:
    lines = "\n".join(f"  - {{{segment}}}" for segment in segments)
    files = {"segments/catalog.yml": CATALOG, "segments/some.yml": f"version: 1\nsegments:\n{lines}\n"}
    return planned({path: content.encode() for path, content in files.items()})


def limits(guard: str) -> tuple[object, ...]:
    (found,) = plan_of(f"name: one, rule: {RULE}, guard: {guard}").segments
    assert found.guard is not None
    return (found.guard.max_change, found.guard.min_size, found.guard.max_size)


def test_a_segment_overrides_the_catalogs_guard_limit_by_limit() -> None:
    assert limits("{min_size: 10}") == (20, 10, 500)
    assert limits("{max_change: 1000%}") == (1000, None, 500)
    assert limits("{max_change: none, max_size: none}") == (None, None, None)
    assert limits("{min_size: 600, max_size: none}") == (20, 600, None)
    (without,) = plan_of(f"name: one, rule: {RULE}").segments
    assert without.guard
    assert without.guard.max_change == 20


def test_sizes_must_fit_those_of_the_catalog() -> None:
    with pytest.raises(ProblemsFound) as failure:
        plan_of(f"name: one, rule: {RULE}", f"name: two, rule: {RULE}, guard: {{min_size: 501}}")
    (problem,) = failure.value.problems
    assert "no size is at least 501 and at most 500" in described(problem, {})
    assert problem.mark.line == 4


def test_guards_and_former_names_change_no_hash() -> None:
    one, two, three = plan_of(
        f"name: one, rule: {RULE}",
        f"name: two, rule: {RULE}, guard: {{max_change: none}}",
        f"name: zero, rule: {RULE}, formerly: none_of_these",
    ).segments
    assert one.definition_hash == two.definition_hash == three.definition_hash


def test_what_is_declared_holds_the_merged_guard() -> None:
    plan = plan_of(f"name: one, rule: {RULE}, guard: {{max_change: 12.5%, min_size: 10}}, formerly: first")
    (declared,) = declared_segments(plan)
    expected = {"formerly": "first", "max_change": "12.5", "min_size": "10", "max_size": "500", "replayable": "full"}
    result = [f'"{name}":"{value}",' for name, value in expected.items()]
    assert set(result) <= set(declared.split("\n"))


def figures(definition: str) -> dict[str, str]:
    """The text of each source's model of measures, by its name. `run_sources` reads them all."""
    files = render(plan_of(definition))
    whole = files["models/segments/run_sources.sql"]
    result = {path: re.search("figures_of_([a-z]+).sql$", path) for path in files}
    models = {name[1]: files[path] for path, name in result.items() if name}
    assert re.findall(r"ref\('figures_of_([a-z]+)'\)", whole) == re.findall(
        r"^        '([a-z]+)',$", whole, re.MULTILINE
    )
    assert set(re.findall(r"ref\('figures_of_([a-z]+)'\)", whole)) == models.keys()
    assert all(f"'{name}' as source" in text for name, text in models.items())
    return models


def test_sources_are_those_that_the_definitions_need() -> None:
    assert figures(f"name: one, rule: {RULE}").keys() == {"customer", "order", "visit", "return"}
    assert figures("name: one, rule: {belongs_to: account}").keys() == {"customer", "account"}


def test_a_source_is_queried_for_its_own_time() -> None:
    found = figures(f"name: one, rule: {RULE}")
    order, visit, returned = (found[name] for name in ("order", "visit", "return"))
    assert "count(case when ordered_at > {{ ago_36h }} then 1 end) as fresh_count" in order
    assert "count(case when ordered_at <= {{ last_run }} then 1 end) as known_count" in order
    assert "count(order_id) - count(distinct order_id) as repeated_keys" in order
    assert "cast(5 as {{ segctl.wide_decimal() }}) as max_loss,\n    '36 hours' as freshness" in order
    assert "count(case when day > {{ day_ago_2d }} then 1 end) as fresh_count" in visit
    assert "count(case when day <= {{ last_day }} then 1 end) as known_count" in visit
    assert "where day <= {{ day_begun }}" in visit
    assert "cast(30 as {{ segctl.wide_decimal() }}) as max_loss" in returned
    assert "{{ segctl.utc('returned_at') }} as returned_at" in returned
    assert "cast(null as {{ segctl.wide_decimal() }}) as max_loss" in found["customer"]
