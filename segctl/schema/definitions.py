"""JSON Schema of definition files, for completion in editors.

A schema knows the shape of a file, not the names in the catalog. It accepts what the parser accepts, and refuses what
the parser refuses without the catalog.
"""

from segctl.language.syntax import SEGMENT_GUARD_KEYS
from segctl.rules.rank import DESCRIPTIONS, forms
from segctl.schema.document import RULE, VERSION, document
from segctl.schema.guards import guard
from segctl.schema.parts import DURATION, FLAG, SCALAR, WHOLE_NUMBER, Schema, closed, identifier, named, text
from segctl.schema.sharing import share_schema, used_by_schema

NO_MEMORY: Schema = {"not": {"anyOf": [{"required": ["group"]}, {"required": ["limit"]}]}}
DEPENDENCIES: Schema = {
    "group": ["priority"],
    "priority": ["group"],
    **dict.fromkeys(("keep_while", "min_stay", "cool_down"), NO_MEMORY),
}


def definitions_schema() -> Schema:
    """The schema of a definition file."""
    segment = closed(
        {
            "name": {**identifier(), "description": "A lower-case identifier."},
            "label": text("The name that people read."),
            "description": text("What it is for."),
            "owner": text("Who is responsible for it."),
            "tags": {"type": "array", "items": SCALAR, "description": "Words to find it by."},
            "enabled": {**FLAG, "description": "false: no members, stays are closed; others may still refer to it."},
            "rule": {**RULE, "description": "Who is in it: one combinator or one leaf."},
            **_beside_the_rule(),
        },
        ["name"],
        anyOf=[{"required": ["rule"]}, {"required": ["extends"]}],
        dependencies=DEPENDENCIES,
    )
    listed = {"type": "array", "items": segment, "minItems": 1, "description": "The segments of this file."}
    entity = text("What the segments of this file are about: an entity of the catalog; customer if not given.")
    file = closed({"version": VERSION, "entity": entity, "segments": listed}, ["version", "segments"])
    return document("Segments", file)


def _beside_the_rule() -> Schema:
    limit = forms(closed({"rank": named(DESCRIPTIONS["rank"])}, ["rank"]), {})
    return {
        "extends": text("Another segment whose rule must hold, too."),
        "group": {
            **identifier(),
            "description": "An exclusive group: customers are in the first segment that takes them.",
        },
        "priority": {**WHOLE_NUMBER, "description": "The place within the group; 1 comes first."},
        "limit": {"anyOf": limit, "description": "Keeps only the best of the customers that the rule lets in."},
        "keep_while": {**RULE, "description": "Members stay while the rule or this holds."},
        "min_stay": {**DURATION, "description": "How long a member stays at least."},
        "cool_down": {**DURATION, "description": "How long after leaving a customer cannot rejoin."},
        "guard": guard(
            SEGMENT_GUARD_KEYS, "Limits beyond which a run holds this segment back; none lifts one of the catalog's."
        ),
        "formerly": {**identifier(), "description": "Its earlier name, whose history it continues."},
        "share": share_schema(identifier()),
        "used_by": used_by_schema(identifier()),
    }
