"""Renders the yml of the generated models: descriptions, owners and tests."""

import yaml

from segctl.language.literals import plain
from segctl.language.syntax import CUSTOMER, Catalog, table_prefix
from segctl.plan.plan import Plan
from segctl.plan.planned import PlannedEntity, PlannedFile, PlannedSegment
from segctl.plan.sentences import sentences
from segctl.render.features import feature_properties
from segctl.render.properties.documented import Properties, column
from segctl.render.properties.meta import changed_inputs, declared_segments, with_declared
from segctl.render.sources.inputs import by_column, customer_inputs, entity_inputs, input_columns
from segctl.render.sources.run_sources import used_sources
from segctl.render.sql.templates import HEADER, SOURCES


class _Plain(yaml.SafeDumper):
    """Writes repeated values in full, without YAML aliases."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


# PyYAML breaks a line at the first blank after this width, so a line is longer by one name at most.
WRAPPED = 80

# Settings of our models that the root project must not change; properties win over its dbt_project.yml.
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
    changed = {entity.name: changed_inputs(input_columns(entity_inputs(entity))) for entity in plan.entities}
    texts = [_text(model) for model in models]
    texts += [with_declared(_text(_changed_inputs(name)), inputs) for name, inputs in changed.items()]
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
        "description": f"Members by the rules, among the {entity}s in scope of the run; a step of other models.",
        "columns": [
            column("segment", "The segment's name."),
            column(f"{entity}_id", f"The {entity}."),
            column("may_join", "True if the rule matches; false if only a current member stays (keep_while)."),
        ],
    }


def _members_in_scope(entity: str) -> Properties:
    prefix = table_prefix(entity)
    text = "The same as a view. Only the run should read it: each run creates it again."
    return {**_segment_members(entity), "name": f"{prefix}members_in_scope", "description": text}


# What tables for people say about a segment next to its name.
_PRESENTATION = [
    column("label", "The segment's label, from its latest published definition."),
    column("owner", "The person or team responsible for the segment."),
    column("tags", "The segment's tags, separated by commas."),
]


def entity_properties(planned: PlannedEntity) -> list[Properties]:
    """The models of an entity's segments: features, members, history and its views."""
    name, key = planned.name, column(f"{planned.name}_id", f"The {planned.name}: its key.")
    features = [key]
    features += [column(f.name, f.description or "An attribute, or a count of customers.") for f in planned.features]
    inputs = by_column(entity_inputs(planned))
    features += [
        column(source, f"The run that last found a change in these data of the {name} (UTC).") for source in inputs
    ]
    features += [
        column("revenue", f"Revenue of all customers of the {name}."),
        column("eligible", "Always NULL: eligibility applies only to customers."),
        column("deleted_at", f"The run that no longer found the {name} in the source (UTC); else NULL."),
        column("changed_at", "The last run that changed the row (UTC)."),
    ]
    stays = [
        column("segment", "The segment's name."),
        key,
        column("joined_at", "The run that found the join (UTC)."),
        column("join_cause", "The cause of the join; see segment_history."),
    ]
    left = column("left_at", "The run that found the leave (UTC); NULL while the stay is open.")
    of = f"of each {name} in each segment"
    return [
        {
            "name": f"{name}_features",
            "description": f"The features of each {name}, one row each; see customer_features.",
            "config": {"meta": {"inputs": inputs}},
            "columns": features,
        },
        _segment_members(name),
        _members_in_scope(name),
        {
            "name": f"{name}_segment_proposals",
            "description": "What the run would change; see segment_proposals.",
        },
        {
            "name": f"{name}_segment_stays",
            "description": f"Every stay {of}, as runs write it; see segment_stays.",
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
            "columns": [*stays, *_PRESENTATION],
        },
        {"name": f"{name}_segment_changes", "description": f"Every join and leave {of}; see segment_changes."},
    ]


def _members(file: PlannedFile, catalog: Catalog) -> Properties:
    description = (
        f"Members of the segments in {file.path}, of those in scope of the run: one row for each segment and member."
    )
    return {
        "name": f"members_{file.stem}",
        "description": description,
        "columns": [_segment(s, catalog) for s in file.enabled],
    }


def _segment(planned: PlannedSegment, catalog: Catalog) -> Properties:
    segment = planned.segment
    presentation = ". ".join(text.strip().rstrip(".") for text in (segment.label, segment.description) if text)
    described = column(
        segment.name, " ".join([*([f"{presentation}."] if presentation else []), *sentences(planned, catalog)])
    )
    meta: Properties = {"source": segment.mark.file}
    if segment.owner:
        meta["owner"] = plain(segment.owner)
    if segment.tags:
        meta["segment_tags"] = [plain(tag) for tag in segment.tags]
    return described | {"config": {"meta": meta}}


def _changed_inputs(entity: str) -> Properties:
    prefix = table_prefix(entity)
    return {
        "name": f"{prefix}changed_inputs",
        "description": f"Changes since all segments were last published: one row for each {entity} and kind of data.",
        "columns": [
            column(f"{entity}_id", f"The {entity}."),
            column("input_name", "The kind of data."),
            column("input_changed_at", "The run that found the change (UTC)."),
        ],
    }


_DECLARED_SEGMENTS = {
    "name": "declared_segments",
    "description": "The current definitions, from the files: one row for each segment.",
    "columns": [
        column("segment", "The segment's name."),
        column("definition_hash", "A hash of the definition's meaning; wording and order do not count."),
        column("enabled", "True if the segment is evaluated."),
        column("label", "The segment's label."),
        column("description", "The purpose of the segment."),
        column("owner", "The person or team responsible for the segment."),
        column("tags", "The segment's tags, separated by commas."),
        column("rule", "The rule in words."),
        column("canonical_definition", "The text that definition_hash is a hash of."),
        column("source_file", "The file of the definition."),
        column("entity", "What the members are: customer, or another entity of the catalog."),
        column("leave_if_joined_by", "Only members who joined by then can leave (min_stay, UTC); NULL: all can."),
        column("rejoin_if_left_by", "Only customers who left by then can rejoin (cool_down, UTC); NULL: all can."),
        column("has_memory", "True if membership depends on earlier runs: keep_while, min_stay or cool_down."),
        column("formerly", "The former name, whose history the segment continues; empty if none."),
        column("exclusive_group", "The segment's exclusive group; empty if none."),
        column("max_change", "The most joins and leaves allowed in a run, in percent of the size before; NULL: any."),
        column("min_size", "The fewest members allowed after a run; NULL: any."),
        column("max_size", "The most members allowed after a run; NULL: any."),
        column(
            "replayable",
            "full: a run for a past instant finds exactly what was true then; partial: some values are today's.",
        ),
        column(
            "changing_attributes",
            "What makes it partial: attributes, what customers belong to, customer (who existed).",
        ),
    ],
}
_WITH_TIME = "with a time (of an event, or the customers' since)"
_RUN_SOURCES: Properties = {
    "name": "run_sources",
    "description": "What each run found in the sources that the segments need: one row for each run and source.",
    "columns": [
        column("run_id", "The run."),
        column("source", "The event or entity, by its name in the catalog."),
        column("as_of", "The instant of the run (UTC)."),
        column("previous_as_of", "The instant of the last finished run when it began (UTC); 1900 for none."),
        column("kind", "event or entity."),
        column(
            "row_count",
            f"Number of rows {_WITH_TIME} up to the run, whatever an event's where says; without a time, all rows.",
        ),
        column(
            "known_count", "How many of these rows have a time up to the last finished run; without a time, all rows."
        ),
        column(
            "fresh_count", "How many of these rows are within the catalog's freshness; NULL: the catalog sets none."
        ),
        column("missing_keys", "How many of these rows have a NULL key; 0 if the catalog names no key."),
        column("repeated_keys", "How many of these rows repeat a key; 0 if the catalog names no key."),
        column("latest_at", "The newest time (UTC; a day stands for its midnight); NULL for entities."),
        column("max_loss", "The most known rows that may be gone, in percent; NULL: any."),
        column("freshness", "The greatest age of the newest event at the run; NULL: any."),
        column("columns_hash", "A hash of the names of the columns that show whether an event's data changed."),
    ],
}


def _run_sources(plan: Plan) -> list[Properties]:
    """The model of all sources, then the model of each source."""
    used = used_sources(plan)
    figures = [
        figure for figure in _RUN_SOURCES["columns"] if figure["name"] not in {"run_id", "as_of", "previous_as_of"}
    ]
    sources = [{"name": source.model, "description": source.description, "columns": figures} for source in used]
    return [_RUN_SOURCES, *sources]


_SEGMENT_INPUTS = {
    "name": "segment_inputs",
    "description": "The data that each segment depends on: sources, attributes, other customers, and their windows.",
    "columns": [column("segment", "The segment's name."), column("input_name", "The kind of data.")],
}
_VALUED_CHANGES = {
    "name": "valued_changes",
    "description": "Members of all segments as last published, and proposed joins and leaves, with their revenue.",
    "columns": [
        column("segment", "The segment's name."),
        column("change", "none (a member), join or leave; a member who would leave has a row of each."),
        column("revenue", "The member's revenue."),
    ],
}
_ALL_STAYS = {
    "name": "all_stays",
    "description": "The stays of all entities, to count over all segments.",
    "columns": [
        column("segment", "The segment's name."),
        column("joined_at", "When the stay began."),
        column("left_at", "When the stay ended; NULL while it is open."),
    ],
}
