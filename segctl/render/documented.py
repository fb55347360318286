"""Parts of the properties of models."""

from typing import Any

from segctl.literals import plain

Properties = dict[str, Any]


def column(name: str, description: str) -> Properties:
    """A column with its description."""
    return {"name": name, "description": plain(description)}


def well_formed(not_null: list[str], stamps: list[str], unique: tuple[list[str], ...] = ()) -> Properties:
    """The dbt test that columns are never NULL and combinations of columns occur once.

    `stamps` are the columns with the instant of the run that wrote a row.
    """
    keys = {"unique": list(unique)} if unique else {}
    return {"segctl.well_formed": {"arguments": {"not_null": not_null, **keys, "stamps": stamps}}}
