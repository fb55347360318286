"""`belongs_to`: customers of an account, household or other entity that matches a rule."""

import re
from dataclasses import replace

from segctl.errors import did_you_mean
from segctl.features import (
    ANSWER,
    OWN,
    AttributeValue,
    Inputs,
    Predicate,
    Read,
    Select,
    Staleness,
    Stepped,
    Steps,
    Test,
    TimeFlag,
    as_written,
    features_of,
    rule_in_words,
)
from segctl.features.scope import Scope
from segctl.language.named_leaf import name_of, read_name
from segctl.language.names import digest, fitted, import_name
from segctl.language.syntax import Entity, Leaf
from segctl.schema.parts import Schema, closed, named, reference
from segctl.speech import Clause, Speech, followed_by, noun, with_article

KEYS = ("that",)
NESTED = ("that",)
DESCRIPTIONS = {
    "belongs_to": "Belongs to one of these entities.",
    "that": "A rule about the entity.",
}
SYNONYMS = {
    **dict.fromkeys(("account", "household", "company", "member_of"), "belongs_to"),
}

parse = read_name


def schemas() -> list[Schema]:
    """The form of the leaf."""
    that = {**reference("rule"), "description": DESCRIPTIONS["that"]}
    return [closed({"belongs_to": named(DESCRIPTIONS["belongs_to"]), "that": that}, ["belongs_to"])]


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """A test of whether the customer belongs to a matching entity. None after a problem."""
    named_entity = name_of(leaf)
    if not scope.of_customers(named_entity, "belongs_to"):
        return None
    entity = scope.catalog.entities.get(named_entity.text)
    if entity is None:
        known = list(scope.catalog.entities)
        if named_entity.text not in scope.report.broken:
            message, hint = f'unknown entity "{named_entity.text}"', did_you_mean(named_entity.text, known, "entities")
            scope.report.add(named_entity.mark, "unknown-entity", message, hint)
        return None
    about = replace(scope, entity=named_entity.text)
    predicate = scope.resolve(leaf.nested["that"], about) if "that" in leaf.nested else None
    if "that" in leaf.nested and predicate is None:
        return None
    that = f" with {rule_in_words(predicate)}" if predicate else ""
    feature = _belongs(named_entity.text, entity, predicate, about)
    size = predicate.size if predicate else 1
    return Test(feature, (), f"belongs to {named_entity.text}{that}", leaf.mark, size)


def _belongs(name: str, entity: Entity, predicate: Predicate | None, scope: Scope) -> Stepped:
    needed = features_of(predicate) if predicate else ()
    flags = [feature for feature in needed if isinstance(feature, TimeFlag)]
    bases = [*needed, *(flag.base for flag in flags)]
    attributes = sorted({found for found in bases if isinstance(found, AttributeValue)}, key=lambda found: found.name)
    counts = [found for found in needed if isinstance(found, Stepped)]
    customer = scope.catalog.customer
    keys = (entity.model, entity.key.lower(), entity.customers.lower())
    canonical = ("belongs_to", *keys, predicate.canonical if predicate else ())
    written = ("belongs_to", *keys, as_written(predicate) if predicate else ())
    that = f" with {rule_in_words(predicate)}" if predicate else ""
    steps = [step for number, count in enumerate(counts, start=1) for step in _adopted(count, number)]
    steps.append(("entities", _entities(entity, attributes, counts)))
    steps += [("flagged", _flagged(flags))] if flags else []
    last = f"{OWN}__flagged" if flags else f"{OWN}__entities"
    wanted = Select((("entity_id", "entity_id"),), last, (predicate,) if predicate else ())
    return Stepped(
        name=fitted(f"belongs_to_{name}" + (f"__{digest(repr(written), 8)}" if predicate else "")),
        type="boolean",
        canonical=canonical,
        description=f"True if the customer belongs to {name}{that}.",
        steps=Steps(
            selects=(*steps, ("wanted", wanted), ("step", _members(entity, scope))),
            reads=(
                Read(customer.model, customer.key.lower(), "string"),
                Read(customer.model, entity.customers.lower(), "string"),
                Read(entity.model, entity.key.lower(), "string"),
                *(Read(entity.model, attribute.column, attribute.type) for attribute in attributes),
            ),
            default="false",
        ),
        inputs=Inputs(
            needs=tuple(dict.fromkeys(need for count in counts for need in count.needs)),
            entity=name,
            changing=(name, *(attribute.qualified_name for attribute in attributes if not attribute.fixed)),
            populations=tuple(population for count in counts for population in count.inputs.populations),
        ),
        staleness=Staleness(frozenset(boundary for flag in flags for boundary in flag.boundaries)),
    )


def _adopted(count: Stepped, number: int) -> list[tuple[str, Select]]:
    """The steps of a count as steps of the feature that needs it."""

    def renamed(sql: str) -> str:
        return re.sub(rf"\b{OWN}__(\w+)", rf"{OWN}__\1_{number}", sql)

    return [
        (
            f"{word}_{number}",
            replace(
                select,
                columns=tuple((renamed(sql), renamed(name)) for sql, name in select.columns),
                relation=renamed(select.relation),
                joins=tuple(renamed(join) for join in select.joins),
            ),
        )
        for word, select in count.steps.selects
    ]


def _entities(entity: Entity, attributes: list[AttributeValue], counts: list[Stepped]) -> Select:
    """One row per entity: its key, and the attributes and counts of the rule."""
    source, key = import_name(entity.model), entity.key.lower()
    columns = [(f"{source}.{key}", "entity_id")]
    columns += [(f"{source}.{attribute.column}", attribute.name) for attribute in attributes]
    joins = []
    for number, count in enumerate(counts, start=1):
        step = f"{OWN}__counted_{number}"
        columns.append((f"coalesce({step}.{ANSWER}, 0)", count.name))
        joins.append(f"left join {step} on {source}.{key} = {step}.entity_id")
    return Select(tuple(columns), source, joins=tuple(joins))


def _flagged(flags: list[TimeFlag]) -> Select:
    columns = ((f"coalesce({flag.sql}, false)", flag.name) for flag in flags)
    return Select((("*", "*"), *columns), f"{OWN}__entities")


def _members(entity: Entity, scope: Scope) -> Select:
    """The customers of matching entities."""
    customers, key = scope.customers, scope.catalog.customer.key.lower()
    return Select(
        columns=((f"{customers}.{key}", "customer_id"), ("true", ANSWER)),
        relation=customers,
        joins=(f"inner join {OWN}__wanted on {customers}.{entity.customers.lower()} = {OWN}__wanted.entity_id",),
    )


def say(leaf: Leaf, speech: Speech) -> Clause:
    """The clause: who belong to …"""
    named_entity = name_of(leaf)
    name, that = noun(named_entity.text), leaf.nested.get("that")
    which = followed_by(speech.say(that, replace(speech, entity=named_entity.text))) if that else ""
    return Clause(f"who belong to {with_article(name)}{which}", f"who belong to no {name}{which}")
