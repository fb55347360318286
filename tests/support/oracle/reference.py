"""The oracle: the members of each segment, over plain Python rows, written from docs/language.md alone.

It is slow and plain on purpose, and shares no code with the compiler. If the two differ, one of them misreads the page.
It expects valid definitions, because finding mistakes is the compiler's task.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import yaml

from tests.support.oracle.habits import affinity_holds, is_due, is_overdue, value_of_events
from tests.support.oracle.memory import History, Memory, Stay
from tests.support.oracle.rank import qualifying
from tests.support.oracle.sample import held_out, sampled, takes_part
from tests.support.oracle.sequence import Step, times_begun
from tests.support.oracle.sql import expression_holds
from tests.support.oracle.time import TIME_TYPES, WINDOW_KEYS, time_holds
from tests.support.oracle.values import Value, aggregated, exact_sum, of_two, satisfies
from tests.support.oracle.world import (
    OF_TWO_METRICS,
    Event,
    Row,
    Rule,
    Tables,
    World,
    aggregate_of,
    at_type,
    earlier_in_group,
    is_enabled,
    type_of,
    type_of_metric,
    where_holds,
    window_in,
    without,
    world_of,
)

__all__ = [
    "Event",
    "History",
    "Memory",
    "Row",
    "Stay",
    "Tables",
    "World",
    "aggregate_of",
    "at_type",
    "eligible",
    "load",
    "members",
    "memory_of",
    "metric_value",
    "rule_holds",
    "type_of",
    "type_of_metric",
]


def load(text: str) -> dict[str, Any]:
    """YAML with every scalar left as text: a value gets its type from its place."""
    loaded: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)
    return loaded


def members(
    catalog: dict[str, Any], definitions: list[dict[str, Any]], tables: Tables, as_of: datetime
) -> dict[str, set[object]]:
    """The customers that match each enabled segment, with `extends`, `group` and `limit`, without its memory."""
    world = world_of(catalog, definitions, tables, as_of)
    return {name: set(taken_by(name, world)) for name, segment in world.segments.items() if is_enabled(segment)}


def memory_of(catalog: dict[str, Any], definitions: list[dict[str, Any]], tables: Tables, as_of: datetime) -> Memory:
    """What `History.apply` needs besides members: `history.apply(as_of, members(…), memory_of(…))` is a run."""
    world = world_of(catalog, definitions, tables, as_of)
    segments = world.segments

    def given(key: str) -> dict[str, Any]:
        return {name: segment[key] for name, segment in segments.items() if key in segment}

    keepers = {name: set(those_for(rule, world)) for name, rule in given("keep_while").items()}
    return Memory(world.clock.zone, set(world.customers), keepers, given("min_stay"), given("cool_down"))


def eligible(
    catalog: dict[str, Any], definitions: list[dict[str, Any]], tables: Tables, as_of: datetime
) -> set[object]:
    """The customers who may be contacted: all, if the catalog has no such rule."""
    world = world_of(catalog, definitions, tables, as_of)
    rule = catalog["entities"]["customer"].get("eligible")
    return {key for key in world.customers if rule is None or rule_holds(rule, key, world)}


def metric_value(catalog: dict[str, Any], tables: Tables, as_of: datetime, metric: str, customer: object) -> Value:
    """One metric of one customer: a Decimal, a text, a date, an instant in UTC, or None if it is missing."""
    return measured(metric, {}, {}, customer, world_of(catalog, [], tables, as_of))


# Segments


def taken_by(name: str, world: World) -> set[object]:
    """All customers in a segment, or who would be in it if it were enabled."""

    def find() -> set[object]:
        segment = world.segments[name]
        let_in = {key for key in world.customers if own_rule_holds(segment, key, world)}
        for earlier in earlier_in_group(segment, world):
            let_in -= taken_by(earlier, world)
        return best_of(segment["limit"], let_in, world) if "limit" in segment else let_in

    return world.once("segment", {"segment": name}, find)


def own_rule_holds(segment: dict[str, Any], customer: object, world: World) -> bool:
    parts = [{"segment": segment["extends"]}] if "extends" in segment else []
    parts += [segment["rule"]] if "rule" in segment else []
    return all(rule_holds(part, customer, world) for part in parts)


# Rules


def rule_holds(rule: Rule, customer: object, world: World) -> bool:
    found = combination_holds(rule, lambda part: rule_holds(part, customer, world))
    if found is not None:
        return found
    leaf = next(name for name in LEAVES if name in rule)
    return LEAVES[leaf](rule, customer, world)


def combination_holds(rule: Rule, holds: Callable[[Rule], bool]) -> bool | None:
    """None for a leaf."""
    if "all" in rule:
        return all(holds(part) for part in rule["all"])
    if "any" in rule:
        return any(holds(part) for part in rule["any"])
    if "none" in rule:
        return not any(holds(part) for part in rule["none"])
    return not holds(rule["not"]) if "not" in rule else None


def those_for(rule: Rule, world: World) -> set[object]:
    """All customers that match a rule."""
    return world.once("rule", rule, lambda: {key for key in world.customers if rule_holds(rule, key, world)})


def attribute_holds(rule: Rule, customer: object, world: World) -> bool:
    return entity_attribute_holds(rule, "customer", world.customers[customer], world)


def entity_attribute_holds(rule: Rule, entity: str, attributes: dict[str, Value], world: World) -> bool:
    name = rule["attribute"]
    kind = type_of(world.catalog["entities"][entity]["attributes"][name])
    return satisfies(attributes[name], kind, without(rule, "attribute"), world.clock)


def metric_holds(rule: Rule, customer: object, world: World) -> bool:
    """If the metric is a time, the time keys are comparators. Otherwise they are a window."""
    kind = type_of_metric(world.catalog, rule["metric"])
    window = {} if kind in TIME_TYPES else window_in(rule)
    value = measured(rule["metric"], rule.get("where", {}), window, customer, world)
    return satisfies(value, kind, without(rule, "metric", "where", *window), world.clock)


def measured(name: str, where: dict[str, Any], window: dict[str, Any], customer: object, world: World) -> Value:
    """A metric, its events narrowed for one rule by one more `where` and a window."""
    metric = world.catalog["metrics"][name]
    for operation in OF_TWO_METRICS:
        if operation in metric:
            left, right = (measured(part, {}, {}, customer, world) for part in metric[operation])
            return of_two(operation, left, right)
    aggregate, event, field = aggregate_of(metric)
    events = matching(event, [metric.get("where", {}), where], window_in(metric) | window, customer, world)
    return value_of_events(aggregate, field, events, world.clock)


def event_holds(rule: Rule, customer: object, world: World) -> bool:
    events = matching(rule["event"], [rule.get("where", {})], window_in(rule), customer, world)
    for aggregate in ("sum", "avg", "min", "max", "count_distinct"):
        if aggregate in rule:
            value = aggregated(aggregate, [each.fields[rule[aggregate]] for each in events])
            comparators = without(rule, "event", "where", aggregate, *WINDOW_KEYS)
            return satisfies(value, "number", comparators, world.clock)
    times = {"eq": "0"} if rule.get("never") == "true" else rule.get("times", AT_LEAST_ONCE)
    return satisfies(Decimal(len(events)), "number", times, world.clock)


def matching(
    event: str, wheres: list[dict[str, Any]], window: dict[str, Any], customer: object, world: World
) -> list[Event]:
    """A customer's events for which every `where` and every key of the window holds."""
    declared = world.catalog["events"][event]
    return [
        each
        for each in world.events[event].get(customer, [])
        if all(where_holds(where, declared, each.fields, world.clock) for where in wheres)
        and all(time_holds(key, operand, each.at, world.clock) for key, operand in window.items())
    ]


def rank_holds(rule: Rule, customer: object, world: World) -> bool:
    def find() -> set[object]:
        return best_of(rule, those_for(rule["among"], world) if "among" in rule else set(world.customers), world)

    return customer in world.once("rank", rule, find)


def best_of(rule: Rule, ranked: set[object], world: World) -> set[object]:
    """Those of the customers with one of the places of a `rank` or `limit`."""
    name, part = rule["rank"], rule.get("per")
    if name in world.catalog.get("metrics", {}):
        values = {key: measured(name, rule.get("where", {}), window_in(rule), key, world) for key in ranked}
    else:
        values = {key: world.customers[key][name] for key in ranked}
    return qualifying(rule, values, {key: world.customers[key][part] for key in ranked} if part else None)


def sequence_holds(rule: Rule, customer: object, world: World) -> bool:
    steps = []
    for number, step in enumerate(rule["sequence"]):
        window = window_in(rule) if number == 0 else {}
        events = matching(step["event"], [step.get("where", {})], window, customer, world)
        only_a_day = at_type(world.catalog["events"][step["event"]]) == "date"
        never = step.get("never") == "true"
        steps.append(Step(step["event"], only_a_day, step.get("within", ""), never, events))
    times = Decimal(times_begun(steps, rule.get("same"), world.clock))
    return satisfies(times, "number", rule.get("times", AT_LEAST_ONCE), world.clock)


def affinity_of_customer_holds(rule: Rule, customer: object, world: World) -> bool:
    event, _, field = rule["affinity"].partition(".")
    events = matching(event, [rule.get("where", {})], window_in(rule), customer, world)
    kind = type_of(world.catalog["events"][event]["fields"][field])
    return affinity_holds(rule, [(each.fields[field], each.at) for each in events], kind, world.clock)


def times_of(rule: Rule, event: str, customer: object, world: World) -> list[date]:
    return [each.at for each in matching(event, [rule.get("where", {})], {}, customer, world)]


def sql_holds(rule: Rule, customer: object, world: World) -> bool:
    def value_of(name: str) -> Value:
        if name in world.catalog.get("metrics", {}):
            return measured(name, {}, {}, customer, world)
        return world.customers[customer][name]

    return expression_holds(rule["sql"], value_of)


def account_of_customer_holds(rule: Rule, customer: object, world: World) -> bool:
    entity = rule["belongs_to"]
    account = world.account_of[entity][customer]
    if account not in world.accounts[entity]:
        return False
    return "that" not in rule or account_holds(rule["that"], account, entity, world)


def account_holds(rule: Rule, account: object, entity: str, world: World) -> bool:
    found = combination_holds(rule, lambda part: account_holds(part, account, entity, world))
    if found is not None:
        return found
    if "attribute" in rule:
        return entity_attribute_holds(rule, entity, world.accounts[entity][account], world)
    theirs = {key for key in those_for(rule["customers"], world) if world.account_of[entity][key] == account}
    if "sum" not in rule:
        return satisfies(Decimal(len(theirs)), "number", rule.get("times", AT_LEAST_ONCE), world.clock)
    values = [measured(rule["sum"], {}, {}, key, world) for key in theirs]
    total = exact_sum([value for value in values if isinstance(value, Decimal)])
    return satisfies(total, "number", without(rule, "customers", "sum"), world.clock)


AT_LEAST_ONCE = {"gte": "1"}
LEAVES: dict[str, Callable[[Rule, object, World], bool]] = {
    "attribute": attribute_holds,
    "metric": metric_holds,
    "event": event_holds,
    "segment": lambda rule, customer, world: customer in taken_by(rule["segment"], world),
    "rule": lambda rule, customer, world: rule_holds(world.catalog["rules"][rule["rule"]], customer, world),
    "rank": rank_holds,
    "sequence": sequence_holds,
    "affinity": affinity_of_customer_holds,
    "overdue": lambda rule, customer, world: is_overdue(
        rule, times_of(rule, rule["overdue"], customer, world), world.clock
    ),
    "due": lambda rule, customer, world: is_due(rule, times_of(rule, rule["due"], customer, world), world.clock),
    "sample": lambda rule, customer, _: sampled(rule["sample"], rule["salt"], customer),
    "experiment": lambda rule, customer, world: takes_part(
        world.catalog, rule["experiment"], rule.get("variant"), customer
    ),
    "holdout": lambda rule, customer, world: held_out(world.catalog, customer) == (rule["holdout"] == "true"),
    "sql": sql_holds,
    "belongs_to": account_of_customer_holds,
}
