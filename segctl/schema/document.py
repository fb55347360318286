"""The frame of the catalog's schema and of definition files': the version, and the rule that both refer to."""

from segctl.rules import COMBINATORS, RULE_TYPES
from segctl.schema.parts import Schema, closed, reference, shared

DIALECT = "http://json-schema.org/draft-07/schema#"
RULE = reference("rule")
VERSION: Schema = {"enum": [1, "1"], "description": "Always 1."}


def document(title: str, body: Schema) -> Schema:
    """A whole schema, with the rule and the parts that it refers to."""
    return {"$schema": DIALECT, "title": title, **body, "definitions": {"rule": _rule(), **shared()}}


def _rule() -> Schema:
    several = {"type": "array", "items": RULE, "minItems": 1}
    forms = [
        closed({key: {"description": description, **(RULE if key == "not" else several)}}, [key])
        for key, description in COMBINATORS.items()
    ]
    return {"anyOf": forms + [form for rule_type in RULE_TYPES.values() for form in rule_type.schemas()]}
