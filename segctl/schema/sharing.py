"""JSON Schemas of shares, uses, and the tables for reverse ETL."""

from segctl.language.syntax import EXPOSURE_DETAILS, EXPOSURE_TYPES
from segctl.schema.parts import FLAG, SCALAR, Schema, closed

COLUMNS: Schema = {
    "type": "array",
    "items": {"type": "string"},
    "description": "Attributes and metrics of the catalog, beside the key, joined_at and eligible.",
}
ROLE: Schema = {"type": "string", "pattern": r"^[A-Za-z_][A-Za-z0-9_]*$"}
DETAILS: dict[str, Schema] = {
    "type": {"enum": list(EXPOSURE_TYPES), "description": "What it is, as dbt calls it."},
    "owner": {
        **SCALAR,
        "description": "Who is responsible for it, a name or an address; the segment's owner if not given.",
    },
    "url": {"type": "string", "pattern": "^https?://", "description": "Where it is."},
    "description": {**SCALAR, "description": "What it is for."},
}


def share_schema(name: Schema) -> Schema:
    """A share of a segment. `name` is the schema of its name."""
    properties = {
        "name": {**name, "description": "The view's name; shared_<segment> if not given."},
        "columns": COLUMNS,
        "eligible_only": {**FLAG, "description": "true: only customers who may be contacted."},
        "grants": _grants(),
    }
    return {
        "anyOf": [FLAG, COLUMNS, closed(properties)],
        "description": "A view of the members for others: true, a list of columns, or a mapping.",
    }


def reverse_etl_schema() -> Schema:
    """The tables for reverse ETL."""
    description = "Renders audiences, audience_people and audience_memberships, for tools that send audiences on."
    columns = {**COLUMNS, "description": "Attributes and metrics of the catalog that audience_people has."}
    return {"anyOf": [FLAG, columns, closed({"columns": columns, "grants": _grants()})], "description": description}


def used_by_schema(name: Schema) -> Schema:
    """A use of a segment. `name` is the schema of its name."""
    assert DETAILS.keys() == set(EXPOSURE_DETAILS)
    named = {**name, "description": "The name of dbt's exposure."}
    item = {"anyOf": [named, closed({"name": named, **DETAILS}, ["name"])]}
    description = "What uses the segment, as dbt's exposures; the name is enough if another segment describes it."
    return {"type": "array", "items": item, "description": description}


def _grants() -> Schema:
    roles = {"type": "array", "items": ROLE, "description": "Roles that may read it, and no others."}
    return closed({"select": roles}, ["select"], description="Who may read it.")
