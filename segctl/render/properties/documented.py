"""Parts of the properties of models."""

from typing import Any

from segctl.language.literals import plain

Properties = dict[str, Any]


def column(name: str, description: str) -> Properties:
    """A column with its description."""
    return {"name": name, "description": plain(description)}
