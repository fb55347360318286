"""The yml beside the generated models: descriptions, owners and tests."""

import yaml

from segctl.literals import plain
from segctl.plan import Plan
from segctl.planned import PlannedEntity, PlannedFile, PlannedSegment
from segctl.render.causes import by_column, customer_inputs, entity_inputs, input_columns
from segctl.render.documented import Properties, column
from segctl.render.features import feature_properties
from segctl.render.meta import changed_inputs, declared_segments, with_declared
from segctl.render.run_sources import used_sources
from segctl.render.text import HEADER, SOURCES
from segctl.sentences import sentences
from segctl.spec import CUSTOMER, Catalog, table_prefix


class _Plain(yaml.SafeDumper):
    """Writes what stands twice out twice."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


# From here on PyYAML looks for a blank at which a line may end, so that a line is longer by a name at most.
WRAPPED = 80

# What the root project must not decide of our models; properties win over its dbt_project.yml.
FIXED = {"enabled": True, "contract": {"enforced": False}}


def properties(plan: Plan) -> str:
    """The text of `segments.yml`."""
    models = feature_properties(plan)
    models += [_members(file, plan.catalog) for file in plan.files if file.enabled]
    models += [
        _segment_members(CUSTOMER),
        _members_in_scope(CUSTOMER),
        *_run_sources(plan),
        _VALUED_CHANGES,
        _ALL_STAYS,
        _SEGMENT_INPUTS,
    ]
    models += [model for entity in plan.entities for model in entity_properties(entity)]
    header = f"# {HEADER} from {SOURCES}. Do not edit: change that and render again.\n"
    told = {entity.name: changed_inputs(input_columns(entity_inputs(entity))) for entity in plan.entities}
    texts = [_text(model) for model in models]
    texts += [with_declared(_text(_changed_inputs(name)), inputs) for name, inputs in told.items()]
    texts.append(with_declared(_text(_changed_inputs(CUSTOMER)), changed_inputs(input_columns(customer_inputs(plan)))))
    texts.append(with_declared(_text(_DECLARED_SEGMENTS), declared_segments(plan)))
    return f"{header}version: 2\nmodels:\n{''.join(texts)}"


def _text(model: Properties) -> str:
    """A model as an item of the list of models."""
    fixed = {**model, "description": plain(model["description"]), "config": FIXED | model.get("config", {})}
    return dumped(fixed)


def dumped(item: Properties) -> str:
    """An item of a list of models, exposures or the like."""
    return yaml.dump([item], Dumper=_Plain, sort_keys=False, allow_unicode=True, width=WRAPPED)


def _segment_members(entity: str) -> Properties:
    prefix = table_prefix(entity)
    return {
        "name": f"{prefix}segment_members",
        "description": f"Who the rules say is a member, among the {entity}s in scope of the run; a step of others.",
        "columns": [
            column("segment", "The segment's name."),
            column(f"{entity}_id", f"The {entity}."),
            column("may_join", "true: the rule takes them; false: only who is a member stays one (keep_while)."),
        ],
    }


def _members_in_scope(entity: str) -> Properties:
    prefix = table_prefix(entity)
    told = "The same as a view, which the run reads and no one else should: it is made anew by each run."
    return {**_segment_members(entity), "name": f"{prefix}members_in_scope", "description": told}


# What tables that people read say of a segment beside its name.
_TOLD = [
    column("label", "What people call the segment, by its latest published definition."),
    column("owner", "Who answers for it."),
    column("tags", "Its tags, separated by commas."),
]


def entity_properties(planned: PlannedEntity) -> list[Properties]:
    """The models of an entity's segments: features, members, history and what is made of it."""
    name, key = planned.name, column(f"{planned.name}_id", f"The {planned.name}: its key.")
    features = [key]
    features += [column(f.name, f.description or "An attribute, or a number of customers.") for f in planned.features]
    inputs = by_column(entity_inputs(planned))
    features += [column(found, f"The run in which that last changed of the {name} (UTC).") for found in inputs]
    features += [
        column("revenue", "What its customers are worth together."),
        column("eligible", "NULL: the question is one of customers."),
        column("deleted_at", "The run that did not find it in the source any more (UTC); else NULL."),
        column("changed_at", "The last run in which anything about it changed (UTC)."),
    ]
    stays = [
        column("segment", "The segment's name."),
        key,
        column("joined_at", "The run that found it to have joined (UTC)."),
        column("join_cause", "Why it joined; see segment_history."),
    ]
    left = column("left_at", "The run that found it to have left (UTC); NULL while the stay is open.")
    of = f"of each {name} in each segment"
    return [
        {
            "name": f"{name}_features",
            "description": f"One row for each {name}: see customer_features.",
            "config": {"meta": {"inputs": inputs}},
            "columns": features,
        },
        _segment_members(name),
        _members_in_scope(name),
        {
            "name": f"{name}_segment_proposals",
            "description": "Who would join or leave; see segment_proposals.",
        },
        {
            "name": f"{name}_segment_stays",
            "description": f"What runs write of every stay {of}; see segment_stays.",
            "columns": [*stays, left],
        },
        {
            "name": f"{name}_segment_history",
            "description": f"Every stay {of}; see segment_history.",
            "columns": [*stays, left],
        },
        {
            "name": f"{name}_segment_membership",
            "description": f"The open stays {of}; see segment_membership.",
            "columns": [*stays, *_TOLD],
        },
        {"name": f"{name}_segment_changes", "description": f"Every join and leave {of}; see segment_changes."},
    ]


def _members(file: PlannedFile, catalog: Catalog) -> Properties:
    description = f"Members of the segments in {file.path}: one row a segment and customer in scope of the run."
    return {
        "name": f"members_{file.stem}",
        "description": description,
        "columns": [_segment(s, catalog) for s in file.enabled],
    }


def _segment(planned: PlannedSegment, catalog: Catalog) -> Properties:
    segment = planned.segment
    told = ". ".join(text.strip().rstrip(".") for text in (segment.label, segment.description) if text)
    told_of = column(segment.name, " ".join([*([f"{told}."] if told else []), *sentences(planned, catalog)]))
    meta: Properties = {"source": segment.mark.file}
    if segment.owner:
        meta["owner"] = plain(segment.owner)
    if segment.tags:
        meta["segment_tags"] = [plain(tag) for tag in segment.tags]
    return told_of | {"config": {"meta": meta}}


def _changed_inputs(entity: str) -> Properties:
    prefix = table_prefix(entity)
    return {
        "name": f"{prefix}changed_inputs",
        "description": f"Whose data changed since all segments were last published: a row for each {entity} and kind.",
        "columns": [
            column(f"{entity}_id", f"The {entity}."),
            column("input_name", "The kind of data."),
            column("input_changed_at", "The run that found it changed (UTC)."),
        ],
    }


_DECLARED_SEGMENTS = {
    "name": "declared_segments",
    "description": "The definitions as they stand in the files: one row a segment.",
    "columns": [
        column("segment", "The segment's name."),
        column("definition_hash", "A hash of what the definition means; wording and order do not count."),
        column("enabled", "Whether it is evaluated."),
        column("label", "What people call it."),
        column("description", "What it is for."),
        column("owner", "Who answers for it."),
        column("tags", "Its tags, separated by commas."),
        column("rule", "The rule in words."),
        column("canonical_definition", "What is hashed."),
        column("source_file", "Where it stands."),
        column("entity", "What its members are: customers, or another entity of the catalog."),
        column("leave_if_joined_by", "Only members who joined by then may leave (min_stay, UTC); NULL: all may."),
        column("rejoin_if_left_by", "Only who left by then may rejoin (cool_down, UTC); NULL: all may."),
        column("has_memory", "Whether who was a member counts for who is one: keep_while, min_stay or cool_down."),
        column("formerly", "The name that it had before, whose history it carries on; empty if none."),
        column("exclusive_group", "The exclusive group that it is in; empty if none."),
        column("max_change", "The most that may join and leave in a run, in percent of its size before; NULL: any."),
        column("min_size", "The least number of members after a run; NULL: any."),
        column("max_size", "The greatest number of members after a run; NULL: any."),
        column("replayable", "full: a run for a past instant finds what was so then; partial: not in all it looks at."),
        column(
            "changing_attributes",
            "What makes it partial: attributes, what customers belong to, customer (who was one).",
        ),
    ],
}
_TIMED = "with a time (of an event, or the customers' since)"
_RUN_SOURCES: Properties = {
    "name": "run_sources",
    "description": "What each run found in the sources that the segments need: one row a run and source.",
    "columns": [
        column("run_id", "The run."),
        column("source", "The event or entity, by its name in the catalog."),
        column("as_of", "The instant of the run (UTC)."),
        column("previous_as_of", "The instant of the last finished run when it began (UTC); 1900 for none."),
        column("kind", "event or entity."),
        column("row_count", f"Rows: those {_TIMED} up to the run, whatever an event's where; of others all."),
        column("known_count", f"Those of them {_TIMED} up to the last finished run; of others all."),
        column("fresh_count", "Those of them within the freshness that the catalog asks for; NULL: it asks for none."),
        column("missing_keys", "Those of them whose key is NULL; 0 where the catalog names no key."),
        column("repeated_keys", "Those of them whose key another of them has already; 0 where it names no key."),
        column("latest_at", "The newest time (UTC; a day stands for its midnight); NULL for entities."),
        column("max_loss", "How many of the known rows may be gone, in percent; NULL: any."),
        column("freshness", "How long before the run the newest event may lie; NULL: any."),
        column(
            "columns_hash", "A hash of the names of the columns by which it is told whether an event's data changed."
        ),
    ],
}


def _run_sources(plan: Plan) -> list[Properties]:
    """What runs find in all sources, and in each."""
    found = used_sources(plan)
    figures = [one for one in _RUN_SOURCES["columns"] if one["name"] not in {"run_id", "as_of", "previous_as_of"}]
    sources = [{"name": one.model, "description": one.in_words, "columns": figures} for one in found]
    return [_RUN_SOURCES, *sources]


_SEGMENT_INPUTS = {
    "name": "segment_inputs",
    "description": "Which data each segment depends on: sources, attributes, others, and beside others windows.",
    "columns": [column("segment", "The segment's name."), column("input_name", "The kind of data.")],
}
_VALUED_CHANGES = {
    "name": "valued_changes",
    "description": "Members of all segments as last published, and who would join or leave, with what they are worth.",
    "columns": [
        column("segment", "The segment's name."),
        column("change", "none (a member), join or leave; who would leave has a row of each."),
        column("revenue", "What the member is worth."),
    ],
}
_ALL_STAYS = {
    "name": "all_stays",
    "description": "The stays of all entities, for what is counted over all segments.",
    "columns": [
        column("segment", "The segment's name."),
        column("joined_at", "When they joined."),
        column("left_at", "When they left; NULL while the stay is open."),
    ],
}
