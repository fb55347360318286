"""The yml beside the generated models: descriptions, owners and tests."""

from typing import Any

import yaml

from segctl.features import rule_in_words
from segctl.literals import plain
from segctl.plan import Plan, PlannedFile, PlannedSegment
from segctl.render.text import HEADER, SOURCES

Properties = dict[str, Any]


def properties(plan: Plan) -> str:
    """The text of `segments.yml`."""
    models = [_features(plan)]
    models += [_members(file) for file in plan.files if file.enabled]
    models += [_SEGMENT_MEMBERS, _DECLARED_SEGMENTS]
    header = f"# {HEADER} from {SOURCES}. Do not edit: change the definitions and render again.\n"
    body = yaml.safe_dump({"version": 2, "models": models}, sort_keys=False, allow_unicode=True, width=110)
    return header + body


def _features(plan: Plan) -> Properties:
    revenue = f"The catalog's revenue metric, {plan.revenue.name}." if plan.revenue else "Not in the catalog."
    currency = f" In {plan.catalog.currency}." if plan.revenue and plan.catalog.currency else ""
    eligible = rule_in_words(plan.eligible) if plan.eligible else ""
    may = f"Whether they may be contacted: {eligible}." if eligible else "NULL: the catalog has no such rule."
    columns = [
        _column("customer_id", f"The customer: {plan.catalog.customer.key} of {plan.catalog.customer.model}.")
        | {"data_tests": ["unique", "not_null"]}
    ]
    columns += [_column(feature.name, feature.description or "An attribute.") for feature in plan.features]
    columns += [
        _column("eligible", may),
        _column("revenue", f"{revenue}{currency}"),
        _column("deleted_at", "The run that did not find the customer in the source any more (UTC); else NULL."),
        _column("changed_at", "The run that wrote the row: the last in which anything about it changed (UTC).")
        | {"data_tests": ["not_null"]},
    ]
    description = "What the rules look at: one row a customer, as of the last run. Times are UTC without a zone."
    return {"name": "customer_features", "description": description, "columns": columns}


def _members(file: PlannedFile) -> Properties:
    description = f"Members of the segments in {file.path}: one row a segment and customer in scope of the run."
    return {"name": f"members_{file.stem}", "description": description, "columns": [_segment(s) for s in file.enabled]}


def _segment(planned: PlannedSegment) -> Properties:
    segment = planned.segment
    told = ". ".join(text.strip().rstrip(".") for text in (segment.label, segment.description) if text)
    column = _column(segment.name, f"{told or rule_in_words(planned.predicate)}.")
    meta: Properties = {"source": f"{segment.mark.file}:{segment.mark.line}"}
    if segment.owner:
        meta["owner"] = plain(segment.owner)
    if segment.tags:
        meta["segment_tags"] = [plain(tag) for tag in segment.tags]
    return column | {"config": {"meta": meta}}


def _column(name: str, description: str) -> Properties:
    return {"name": name, "description": plain(description)}


_SEGMENT_MEMBERS = {
    "name": "segment_members",
    "description": "Who the rules say is a member, among the customers in scope of the run.",
    "columns": [
        _column("segment", "The segment's name."),
        _column("customer_id", "The customer."),
        _column("may_join", "true: the rule takes them; false: only who is a member stays one (keep_while)."),
    ],
}
_DECLARED_SEGMENTS = {
    "name": "declared_segments",
    "description": "The definitions as they stand in the files: one row a segment.",
    "columns": [
        _column("segment", "The segment's name."),
        _column("definition_hash", "A hash of what the definition means; wording and order do not count."),
        _column("enabled", "Whether it is evaluated."),
        _column("label", "What people call it."),
        _column("description", "What it is for."),
        _column("owner", "Who answers for it."),
        _column("tags", "Its tags, separated by commas."),
        _column("rule", "The rule in words."),
        _column("canonical_definition", "What is hashed."),
        _column("source_file", "Where it stands."),
        _column("source_line", "On which line."),
        _column("leave_if_joined_by", "Only members who joined by then may leave (min_stay, UTC); NULL: all may."),
        _column("rejoin_if_left_by", "Only who left by then may rejoin (cool_down, UTC); NULL: all may."),
    ],
}
