"""JSON Schema of the file of deliveries, for editors."""

from segctl.language.names import LONGEST_NAME
from segctl.parse.deliveries import HASHES, LARGEST_BATCH, VARIABLE
from segctl.schema.parts import SCALAR, Schema, closed

DIALECT = "http://json-schema.org/draft-07/schema#"
TIME: Schema = {"type": "string", "pattern": r"^[0-9]{1,6}[smh]$"}
NAMED: Schema = {"type": "string", "pattern": f"^{VARIABLE}$"}
LISTED: Schema = {"type": "array", "items": SCALAR, "minItems": 1}


def deliveries_schema() -> Schema:
    """The schema of deliveries.yml."""
    properties: Schema = {
        "version": {"enum": [1, "1"]},
        "deliveries": {"type": "array", "items": _delivery(), "description": "The receivers of joins and leaves."},
    }
    return {"$schema": DIALECT, "title": "Deliveries", **closed(properties, ["version", "deliveries"])}


def _delivery() -> Schema:
    common = {
        "name": {
            "type": "string",
            "pattern": "^[a-z][a-z0-9_]*$",
            "maxLength": LONGEST_NAME,
            "description": "Its name: the receiver sees it, and progress is recorded under it.",
        },
        "description": {**SCALAR, "description": "What it is for."},
        "segments": {
            **LISTED,
            "description": "The segments whose changes are sent; all if neither segments nor tags are given.",
        },
        "tags": {**LISTED, "description": "Also sends the changes of segments with one of these tags."},
        "identifiers": {
            "enum": list(HASHES),
            "description": "Sends the catalog's identifiers of customers, plain or hashed.",
        },
    }
    command = {**LISTED, "description": "A program and its arguments; it reads one change a line, as JSON."}
    timeout = {**TIME, "description": "How long the program may take, as 10m."}
    return {
        "anyOf": [
            closed({**common, "webhook": _webhook()}, ["name", "webhook"]),
            closed({**common, "command": command, "timeout": timeout}, ["name", "command"]),
        ]
    }


def _webhook() -> Schema:
    properties = {
        "url_env": {**NAMED, "description": "The environment variable that holds the address."},
        "secret_env": {
            **NAMED,
            "description": "The environment variable that holds the secret that signs: whsec_….",
        },
        "batch": {
            "type": ["integer", "string"],
            "pattern": "^[0-9]{1,10}$",
            "minimum": 1,
            "maximum": LARGEST_BATCH,
            "description": "The most changes in a request; 500 if not given.",
        },
        "timeout": {**TIME, "description": "How long an answer may take; 15s if not given."},
        "retry_for": {**TIME, "description": "How long to retry after failures, in all; 5m if not given."},
    }
    return closed(properties, ["url_env"], description="An address to post changes to, as Standard Webhooks.")
